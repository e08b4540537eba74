"""The hyper-parameters of a training as people read them on a page."""

import pytest

from groundup.messages.translate import translator
from groundup.pages.training_values import short_values

RESOLVED = {
    "optimizer": {
        "method": "adamw",
        "learning_rate": 4.8e-4,
        "warmup": 0.1,
        "decay_start": 0.0,
        "weight_decay": 0.01,
        "beta1": 0.9,
        "beta2": 0.999,
        "epsilon": 1e-8,
        "bias_correction": True,
        "clip": 1.0,
    },
    "steps": 150,
    "batch_size": 32,
    "unit": "rows",
    "epochs": 0.6,
    "tokens_per_batch": 1214,
    "precision": "float32",
    "seed": 0,
    "threads": 2,
    "trained_parameters": 123_394,
}


def test_the_table_has_every_value_that_decides_a_training():
    assert dict(short_values(RESOLVED, translator("en"))) == {
        "optimizer": "AdamW",
        "peak learning rate": "0.00048",
        "warm-up": "10% (15 steps)",
        "schedule": "linear decay to 0",
        "betas": "0.9, 0.999",
        "weight decay": "0.01",
        "gradient clipping (norm)": "1",
        "steps": "150",
        "epochs": "0.6",
        "batch size": "32 rows",
        "tokens in a batch (on average)": "1,214",
        "precision": "float32",
        "seed": "0",
        "threads": "2",
        "trained parameters": "123,394",
    }


def test_the_table_is_chinese_where_the_page_is():
    table = dict(short_values(RESOLVED, translator("zh")))
    assert table["预热"] == "10%（15 步）"
    assert table["批大小"] == "32 行"


@pytest.mark.parametrize("name", ["epochs", "tokens_per_batch", "seed", "threads", "trained_parameters", "batch_size"])
def test_what_an_older_run_did_not_keep_is_left_out(name):
    before = {key: value for key, value in RESOLVED.items() if key != name}
    assert len(short_values(before, translator("en"))) == len(short_values(RESOLVED, translator("en"))) - 1
