import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
import calibration


def fit(name: str, method: str, before: tuple[float, float], after: tuple[float, float]) -> dict:
    sides = {side: dict(zip(("ece", "log_loss"), figures)) for side, figures in (("before", before), ("after", after))}
    return {"set": name, "kind": "table", "rows": 1200, "test rows": 300, "method": method, "accuracy": 0.8} | sides


def test_a_set_is_a_line_with_the_means_over_its_seeds():
    fits = [
        fit("one", "temperature", (0.2, 0.9), (0.1, 0.7)),
        fit("one", "none", (0.1, 0.5), (0.1, 0.5)),
        fit("two", "isotonic", (0.3, 1.0), (0.0, 0.6)),
    ]
    head, _, one, two = calibration.lines_of(fits)
    assert head.startswith("| set | kind | validation rows | test rows |")
    assert one == "| one | table | 1,200 | 300 | 1 temperature, 1 none | 0.800 | 0.150 | 0.100 | 0.700 | 0.600 |"
    assert two == "| two | table | 1,200 | 300 | 1 isotonic | 0.800 | 0.300 | 0.000 | 1.000 | 0.600 |"


def test_labels_and_texts_of_packed_tables_are_read_by_their_places(tmp_path):
    import gzip

    path = tmp_path / "rows.tsv.gz"
    path.write_bytes(gzip.compress(b"label\ttext\n1\tgood\n0\tbad\nshort\n"))
    assert list(calibration.tabs((1, 0), 1)(path)) == [("good", "1"), ("bad", "0")]
