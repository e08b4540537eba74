"""Public tables, as they are shipped, with the fewest settings that read them; and what is refused without these."""

import pytest

from groundup.data.sources.records import Rejects
from tests.data.sources.reading import read, refused

NAMELESS = {"header": False}
TABLES = {  # file -> (settings, rows, columns)
    "finance/arch_daily/default.csv.gz": ({}, 1200, 3),
    "finance/arch_daily/frenchdata.csv.gz": ({}, 1109, 5),
    "finance/arch_daily/sp500.csv.gz": ({}, 5031, 7),
    "finance/bitcoin/bitcoin.csv": ({}, 2806, 7),
    "finance/credit_data/credit_data.csv": ({}, 3531, 15),
    "finance/german_credit/german.csv": (NAMELESS, 1000, 21),
    "finance/lending_club/lending_club.csv.gz": ({}, 7863, 24),
    "finance/seven_stocks/AAPL.csv": ({}, 2477, 6),
    "finance/skfolio_prices/factors_dataset.csv.gz": ({}, 2264, 6),
    "finance/skfolio_prices/sp500_dataset.csv.gz": ({}, 8313, 21),
    "finance/skfolio_prices/sp500_index.csv.gz": ({}, 8313, 2),
    "finance/taiwan_credit_default/default_of_credit_card_clients.csv.gz": ({"skip_lines": 1}, 24000, 25),
    "medicine/heart_disease/heart_disease.tab": ({}, 303, 14),
    "medicine/ihdp/ihdp_npci_1.csv": ({}, 747, 30),
    "medicine/pharmacotherapydb/diseases.tsv": ({}, 97, 6),
    "medicine/pharmacotherapydb/drugs.tsv": ({}, 601, 6),
    "medicine/pharmacotherapydb/indications.tsv": ({}, 1139, 7),
    "medicine/pima/pima_te.csv": ({}, 332, 8),
    "medicine/pima/pima_tr2_missing.csv": ({}, 300, 8),
    "medicine/survival/flchain.csv": ({}, 6251, 12),
    "medicine/survival/gbsg.csv": ({}, 550, 11),
    "medicine/survival/nafld1.csv": ({}, 14088, 9),
    "medicine/symptom_disease/Symptom_severity.csv": (NAMELESS, 132, 2),
    "medicine/symptom_disease/dataset.csv": (NAMELESS, 3960, 18),
    "medicine/symptom_disease/symptom_Description.csv": (NAMELESS, 41, 2),
    "medicine/symptom_disease/symptom_precaution.csv": (NAMELESS, 41, 5),
    "medicine/tables/breast-cancer-wisconsin.data": (NAMELESS, 699, 11),
    "medicine/tables/breast-cancer.csv": (NAMELESS, 286, 10),
    "medicine/tables/haberman.csv": (NAMELESS, 306, 4),
    "medicine/tables/horse-colic.data": (NAMELESS, 300, 28),
    "medicine/tables/pima-indians-diabetes.csv": (NAMELESS, 768, 9),
    "medicine/trials/actg175.csv": ({}, 1710, 27),
    "medicine/trials/colon.csv": ({}, 1486, 16),
    "medicine/trials/indo_rct.csv": ({}, 482, 33),
    "medicine/trials/nsw_job_training.csv": ({}, 356, 12),
    "medicine/trials/thornton_hiv.csv": ({}, 3965, 7),
    "multimodal/fashion_products/fashion_train.zip": ({}, 3467, 11),
    "multimodal/houses/houses_train.zip": ({}, 464, 6),
    "tables/titanic/titanic_all.csv": ({}, 1313, 5),
    "tables/uci_general/abalone.csv": (NAMELESS, 4177, 9),
    "tables/uci_general/auto_imports.csv": (NAMELESS, 201, 26),
    "tables/uci_general/banknote_authentication.csv": (NAMELESS, 1372, 5),
    "tables/uci_general/housing.csv": (NAMELESS, 506, 14),
    "tables/uci_general/ionosphere.csv": (NAMELESS, 351, 35),
    "tables/uci_general/winequality-red.csv": (NAMELESS, 1599, 12),
}
UNSEEN = {  # that its first line is a row goes unseen: two columns of words, of which none occurs twice
    "medicine/symptom_disease/symptom_Description.csv"
}


@pytest.mark.parametrize("name", TABLES)
def test_a_public_table_is_read_as_it_is(name, shared_data):
    settings, count, width = TABLES[name]
    rejects = Rejects()
    rows = read(shared_data / name, rejects, **settings)
    assert (len(rows), {len(row.values) for row in rows}) == (count, {width})
    assert rejects.counts == {}


@pytest.mark.parametrize("name", [name for name, (settings, *_) in TABLES.items() if settings and name not in UNSEEN])
def test_a_table_that_needs_a_setting_is_refused_with_it(name, shared_data):
    error = refused(shared_data / name)
    assert error.code == "BAD_HEADER"
    (setting, value), *_ = TABLES[name][0].items()
    assert f"--read.{setting} {str(value).lower()}" in error.fix


def test_columns_that_are_named_twice_are_refused_where_they_are_asked_for(shared_data):
    from groundup.data.settings import ReadSettings
    from groundup.data.sources.read import read_rows

    path = shared_data / "medicine/symptom_disease/Training.csv.gz"
    assert "'fluid_overload' stand twice" in refused(path).what
    rejects = Rejects()
    rows = list(read_rows([str(path)], ReadSettings(), rejects, ("prognosis",)))
    assert len(rows) == 3960
    assert "fluid_overload.1" in rows[0].values
