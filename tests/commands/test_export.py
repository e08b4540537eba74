"""groundup export and what it makes, as a user types it; the exported folder is used without torch."""

import json
import subprocess
import sys

import numpy as np
import pytest

import groundup as library
from groundup.errors import InputError
from groundup.manifest import read_manifest, verify_folder
from tests.commands.life import groundup, labelled, read_table, report, write_table

pytest.importorskip("onnx")
pytest.importorskip("onnxscript")
pytest.importorskip("onnxruntime")
TEXTS = [
    "The old sailor paints a bridge. A wonderful thing!",
    "医生和孩子在河边看书。真糟糕！",
    "a",
    "好" * 90,
    "Dreadful, dreadful.",
]


@pytest.fixture(scope="module")
def exports(life, tmp_path_factory):
    """The classifier in float32, and in int8 with its answers compared."""
    home = tmp_path_factory.mktemp("exports")
    assert groundup("export", "--model", life.classifier, "--out", home / "onnx", "--quiet") == 0
    int8 = (
        "--format",
        "onnx_int8",
        "--data",
        life.table,
        "--agreement",
        0.8,
    )  # it is hardly trained: many answers are close calls
    assert groundup("export", "--model", life.classifier, "--out", home / "int8", *int8, "--quiet") == 0
    return home


def without_torch(*words, before="pass"):
    """Exit code, standard error, and whether torch was imported, of a command line in a process of its own."""
    code = (
        f"import sys; {before}; from groundup.cli import main; code = main({[str(word) for word in words]!r}); "
        "print('CODE', code, 'torch' in sys.modules)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120)
    last = [line for line in found.stdout.splitlines() if line.startswith("CODE")][-1].split()
    return int(last[1]), found.stderr, last[2] == "True"


def test_an_export_is_whole_and_says_what_it_is(exports):
    assert verify_folder(exports / "onnx") == []
    extra = read_manifest(exports / "onnx").extra
    assert extra["labels"] == ["bad, really", "好评"]
    assert extra["text_columns"] == ["sentence"]
    assert 0 <= extra["onnx"]["parity"]["share"] < 1e-5
    assert extra["onnx"]["parity"]["blocks"] == 7
    assert "bad, really, 好评" in (exports / "onnx/README.md").read_text("utf-8")


def test_the_answers_are_those_of_the_model_in_torch(exports, life):
    ours, theirs = library.load(life.classifier), library.load(exports / "onnx")
    np.testing.assert_allclose(theirs.probabilities(TEXTS), ours.probabilities(TEXTS), atol=1e-5)
    assert theirs.parameters == ours.parameters
    assert [one["label"] for one in theirs.predict(TEXTS)] == [one["label"] for one in ours.predict(TEXTS)]


def test_int8_is_smaller_and_its_agreement_stands_in_the_manifest(exports, life):
    about = read_manifest(exports / "int8").extra["onnx"]
    assert about["rows"] == 120
    assert 0.8 <= about["agreement"] <= 1
    assert about["int8"]["largest"] > about["parity"]["largest"]
    ours, theirs = library.load(life.classifier), library.load(exports / "int8")
    assert np.abs(theirs.probabilities(TEXTS) - ours.probabilities(TEXTS)).max() < 0.2
    assert (exports / "int8/model.onnx").stat().st_size < (exports / "onnx/model.onnx").stat().st_size / 2


def test_predict_gives_the_same_table_without_torch(exports, life, tmp_path):
    rows = [*labelled(20, seed=9), ("", "好评")]
    table = write_table(tmp_path / "rows.csv", rows)
    assert without_torch("predict", "--model", exports / "onnx", "--input", table, "--out", tmp_path / "onnx.csv")[::2] == (
        3,
        False,
    )
    assert groundup("predict", "--model", life.classifier, "--input", table, "--out", tmp_path / "torch.csv") == 3
    theirs, ours = read_table(tmp_path / "onnx.csv"), read_table(tmp_path / "torch.csv")
    assert list(theirs[0]) == list(ours[0])
    for one, other in zip(theirs, ours, strict=True):
        assert {k: v for k, v in one.items() if k != "probability"} == {k: v for k, v in other.items() if k != "probability"}
        assert one["probability"] == other["probability"] == "" or float(one["probability"]) == pytest.approx(
            float(other["probability"]), abs=1e-5
        )


def test_evaluate_gives_the_same_figures_without_torch(exports, life, tmp_path):
    table = write_table(tmp_path / "test.csv", labelled(30, seed=11))
    line = ("evaluate", "--data", table, "--quiet")
    assert without_torch(*line, "--model", exports / "onnx", "--out", tmp_path / "onnx")[::2] == (0, False)
    assert groundup(*line, "--model", life.classifier, "--out", tmp_path / "torch") == 0
    theirs, ours = report(tmp_path / "onnx"), report(tmp_path / "torch")
    assert theirs["rows"] == ours["rows"]
    for figure in ("accuracy", "macro_f1", "confusion", "classes", "labels"):
        assert theirs[figure] == ours[figure]
    assert theirs["facts"]["parameters"] == ours["facts"]["parameters"]
    assert list(read_table(tmp_path / "onnx/predictions.csv")[0]) == list(read_table(tmp_path / "torch/predictions.csv")[0])


def test_importing_what_uses_an_export_imports_no_torch():
    code = (
        "import sys, groundup.commands.predict.story, groundup.commands.evaluate.story, groundup.evaluate.exported, groundup.compress.export; "
        "print('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "False"


def copied(exports, tmp_path):
    folder = tmp_path / "copy"
    folder.mkdir()
    for path in (exports / "onnx").iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    return folder


def test_a_damaged_file_is_refused(exports, tmp_path, capsys):
    folder = copied(exports, tmp_path)
    data = bytearray((folder / "model.onnx").read_bytes())
    data[len(data) // 2] ^= 1
    (folder / "model.onnx").write_bytes(bytes(data))
    assert groundup("predict", "--model", folder, "--text", "x") == 2
    told = capsys.readouterr().err
    assert "error DAMAGED" in told
    assert "model.onnx: does not have the SHA-256 of its manifest" in told
    (folder / "model.onnx").unlink()
    assert groundup("predict", "--model", folder, "--text", "x") == 2
    assert "model.onnx: is missing" in capsys.readouterr().err


def test_a_task_it_was_not_exported_for_is_refused(exports, capsys):
    assert groundup("predict", "--model", exports / "onnx", "--task", "mood", "--text", "x") == 2
    assert "error NO_SUCH_TASK" in capsys.readouterr().err


def test_without_onnx_runtime_the_way_to_it_is_told(exports):
    line = ("predict", "--model", exports / "onnx", "--text", "x")
    code, told, _ = without_torch(*line, before="sys.modules['onnxruntime'] = None")
    assert code == 2
    assert "is run by ONNX Runtime, which is not installed. Fix: pip install 'groundup[export]'" in told


def test_without_onnxscript_nothing_is_begun(life, tmp_path):
    line = ("export", "--model", life.classifier, "--out", tmp_path / "new")
    code, told, _ = without_torch(*line, before="sys.modules['onnxscript'] = None")
    assert code == 2
    assert "needs onnxscript, which is not installed. Fix: pip install 'groundup[export]'" in told
    assert not (tmp_path / "new").exists()


def test_an_export_is_not_trained(exports, life, tmp_path, capsys):
    line = ("--data", life.table, "--text_column", "sentence", "--out", tmp_path / "new", "--steps", 1)
    assert groundup("finetune", "--model", exports / "onnx", *line) == 2
    assert "error EXPORTED" in capsys.readouterr().err


def test_masks_and_vectors_are_not_what_it_was_exported_for(exports, capsys):
    assert groundup("predict", "--model", exports / "onnx", "--text", "A [MASK].") == 0  # there it is plain text
    assert "this model gives labels" in capsys.readouterr().err
    with pytest.raises(InputError, match="was exported for labels"):
        library.load(exports / "onnx").vectors(["x"])


def test_a_bare_text_has_one_answer_and_a_list_has_a_list_of_them(exports, life):
    for folder in (exports / "onnx", life.classifier):
        model = library.load(folder)
        alone = model.predict("no list")
        assert model.predict(["no list"]) == [alone]
        assert model("no list") == alone
        assert model(["no list", "nor this"])[0]["label"] == alone["label"]
        with pytest.raises(InputError, match="ONE_TEXT texts: is a single text"):
            model.answers("no list")


def test_a_model_says_what_it_is(exports, life):
    assert repr(library.load(life.classifier)).startswith("<Predictor of classification: ")
    assert "好评" in repr(library.load(life.classifier))
    assert repr(library.load(life.classifier)).endswith("reads 32 tokens>")
    assert repr(library.load(exports / "onnx")).startswith("<Exported of classification: ")
    assert repr(library.load(life.lm)).startswith("<Predictor of no task; ")


def test_what_differs_is_not_published(life, tmp_path, capsys):
    out = tmp_path / "new"
    assert groundup("export", "--model", life.classifier, "--out", out, "--tolerance", 0, "--quiet") == 4
    assert "error NOT_EQUAL" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_settings_that_do_not_go_together_are_refused(capsys):
    assert groundup("export", "--model", "m", "--out", "o", "--format", "tensorflow") == 2
    assert groundup("export", "--model", "m", "--out", "o", "--python", "p") == 2
    assert groundup("export", "--model", "m", "--out", "o", "--format", "huggingface", "--output", "words") == 2
    assert [line.split(":")[1].split()[2] for line in capsys.readouterr().err.splitlines()] == ["python", "python", "output"]


def test_an_environment_that_cannot_convert_is_told_before_any_work(life, tmp_path, capsys):
    line = ("export", "--model", life.classifier, "--out", tmp_path / "new", "--format", "tensorflow", "--python")
    assert groundup(*line, tmp_path / "none") == 2
    assert "error NO_PYTHON" in capsys.readouterr().err
    assert groundup(*line, sys.executable) == 2
    assert "lacks what is needed: ModuleNotFoundError: No module named 'litert_torch'" in capsys.readouterr().err


def test_a_hugging_face_folder_is_read_by_transformers_and_by_us(life, tmp_path):
    transformers = pytest.importorskip("transformers")
    out = tmp_path / "theirs"
    assert groundup("export", "--model", life.classifier, "--out", out, "--format", "huggingface", "--quiet") == 0
    assert verify_folder(out) == []
    told = json.loads((out / "config.json").read_text("utf-8"))
    made = getattr(transformers, told["architectures"][0]).from_pretrained(out).eval()
    tokenizer = transformers.AutoTokenizer.from_pretrained(out)
    predictor = library.load(out)
    import torch

    for text in TEXTS[:3]:
        with torch.inference_mode():
            theirs = made(**tokenizer(text, return_tensors="pt")).logits.softmax(-1)[0].numpy()
        np.testing.assert_allclose(predictor.probabilities([text])[0], theirs, atol=1e-5)
    assert list(made.config.id2label.values()) == predictor.labels
    about = read_manifest(out).extra["huggingface"]
    assert about["parity"]["share"] < 1e-5
    np.testing.assert_array_equal(predictor.probabilities(TEXTS), library.load(life.classifier).probabilities(TEXTS))


@pytest.mark.slow
def test_masked_words_are_filled_without_torch(life, tmp_path):
    assert groundup("export", "--model", life.lm, "--out", tmp_path / "words", "--quiet") == 0
    text = "The old [MASK] paints the 医生 [MASK]."
    ours, theirs = library.load(life.lm).fill(text), library.load(tmp_path / "words").fill(text)
    assert [[word for word, _ in one] for one in ours] == [[word for word, _ in one] for one in theirs]
    np.testing.assert_allclose([[p for _, p in one] for one in theirs], [[p for _, p in one] for one in ours], atol=1e-5)
    assert without_torch("predict", "--model", tmp_path / "words", "--text", text)[::2] == (0, False)


@pytest.mark.slow
def test_vectors_of_long_and_short_texts_are_the_same(life, tmp_path):
    assert groundup("export", "--model", life.lm, "--out", tmp_path / "vectors", "--output", "vectors", "--quiet") == 0
    texts = [*TEXTS, "The old sailor paints a bridge. " * 60]  # read through windows
    np.testing.assert_allclose(
        library.load(tmp_path / "vectors").vectors(texts), library.load(life.lm).vectors(texts), atol=1e-5
    )


def test_models_and_their_exports_are_compared_side_by_side(exports, life, tmp_path):
    table = write_table(tmp_path / "test.csv", labelled(30, seed=12))
    line = ("--data", table, "--out", tmp_path / "compared", "--timed_rows", 2, "--rounds", 1, "--quiet")
    assert groundup("compare", life.classifier, exports / "onnx", exports / "int8", *line) == 0
    torch, onnx, int8 = report(tmp_path / "compared")["systems"][:3]
    assert onnx["accuracy"] == torch["accuracy"]
    assert onnx["parameters"] == torch["parameters"] == int8["parameters"]
    assert int8["bytes"] < onnx["bytes"] / 2
    assert onnx["speed"]["p50_ms"] > 0
