import pytest

from groundup import cli
from groundup.commands import table
from tests.commands.life import Life, groundup, labelled, write_documents, write_table
from tests.messages.named_settings import perform_watched

WATCHED = {
    f"tests.commands.test_{name}"
    for name in (
        "predict",
        "check",
        "evaluate",
        "compare",
        "finetune",
        "tables",
        "refused_tables",
        "table_situations",
        "several",
    )
}
SMALL = ("--length", 32, "--batch_size", 4, "--quiet")


@pytest.fixture(scope="session")
def life(tmp_path_factory):
    """Text, a data folder, a pretrained model and a classifier, made by the commands."""
    root = tmp_path_factory.mktemp("life")
    write_documents(root / "documents", 60, seed=0)
    table = write_table(root / "reviews.csv", labelled(120))
    life = Life(root, root / "documents", table, root / "data", root / "lm", root / "classifier")
    lines = [
        ("prepare", "--source", life.documents, "--out", life.data, "--tokenizer.vocab_size", 300, "--quiet"),
        ("pretrain", "--data", life.data, "--out", life.lm, "--preset", "tiny", "--steps", 8, *SMALL),
        (
            "finetune",
            "--model",
            life.lm,
            "--data",
            table,
            "--text_column",
            "sentence",
            "--out",
            life.classifier,
            "--steps",
            60,
            "--batch_size",
            16,
            "--max_length",
            32,
            "--quiet",
        ),
    ]
    for line in lines:
        assert groundup(*line) == 0
    return life


@pytest.fixture(autouse=True, scope="module")
def messages_name_settings_of_their_command(request):
    """What a command says or refuses on the command line names no setting that it lacks."""
    if request.module.__name__ not in WATCHED:
        yield
        return
    perform = table.perform
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cli, "perform", lambda settings: perform_watched(perform, settings))
        yield
