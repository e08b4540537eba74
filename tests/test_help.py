"""The help as people read it: short by default, the rest by topic; names of other tools; completion in shells."""

import os
import shlex
import shutil
import subprocess
import sys

import pytest

from groundup.cli import main
from groundup.commands.table import COMMANDS, GROUPS, VERBS
from groundup.config import build
from groundup.flags import parse_arguments
from groundup.kinds.settings import COLUMNS
from groundup.other_names import NO_SETTINGS, OTHER_NAMES
from groundup.usage.help import WIDTH, setting_lines

PATHS = {"recipe.yaml", "pairs.yaml"}


def helped(capsys, *words):
    assert main([*words]) == 0
    return capsys.readouterr().out


def test_every_command_is_in_one_group():
    assert sorted(name for names in GROUPS.values() for name in names) == sorted(COMMANDS)


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_the_example_of_a_command_can_be_typed(verb):
    settings = verb.settings()
    words = shlex.split(settings.example)
    assert words[:2] == ["groundup", verb.name]
    from_file = words[2] in PATHS and settings.positional != "recipe"
    mistakes: list[str] = []
    build(settings, parse_arguments(settings, words[2 + from_file :], mistakes), "", mistakes)
    assert [mistake for mistake in mistakes if not (from_file and mistake.endswith("is required"))] == []


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_the_short_help_shows_what_is_required_first_and_little_more(verb, capsys):
    settings = verb.settings()
    lines = list(setting_lines(settings))
    names, required = (
        {line.name for line in lines},
        {line.name for line in lines if line.default == "required" and not line.name.startswith("image.")},
    )
    assert {name for name in settings.main_settings if name not in names} <= {"tasks"}
    assert {name.split(".")[0] for name in required} <= set(settings.main_settings)
    assert len(settings.main_settings) <= 8 + len(COLUMNS)
    text = helped(capsys, verb.name, "--help")
    assert max(map(len, text.splitlines())) <= WIDTH
    assert len(text.splitlines()) < 100
    if required:
        assert text.index("required:") < text.index("more: groundup")


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_every_setting_is_in_the_whole_help_and_found_by_its_name(verb, capsys):
    whole = helped(capsys, verb.name, "--help", "all")
    names = [line.name for line in setting_lines(verb.settings())]
    assert all(f"--{name} <" in whole for name in names)
    assert f"--{names[-1]} <" in helped(capsys, verb.name, "--help", names[-1])


def test_a_group_is_a_topic_and_so_is_the_last_part_of_a_name(capsys):
    text = helped(capsys, "finetune", "--help", "lora")
    assert "--lora.rank <" in text
    assert "--optimizer.learning_rate" not in text
    assert "--optimizer.learning_rate <" in helped(capsys, "finetune", "--help", "learning-rate")
    assert "--seed <" in helped(capsys, "help", "finetune", "common")


def test_a_topic_that_is_none_gets_the_nearest(capsys):
    assert main(["finetune", "--help", "learning_rat"]) == 2
    assert capsys.readouterr().err == (
        "groundup: error NO_SUCH_HELP --help learning_rat: finetune has no such setting. Did you mean 'learning_rate'? Fix: --help all\n"
    )


@pytest.mark.parametrize(
    ("command", "theirs", "answer"),
    [
        ("finetune", "lr", "It is called 'optimizer.learning_rate' here."),
        ("finetune", "fp16", "It is called 'precision' here."),
        ("finetune", "num_train_epochs", "It is called 'epochs' here."),
        ("pretrain", "output_dir", "It is called 'out' here."),
        ("pretrain", "per-device-train-batch-size", "It is called 'batch_size' here."),
        ("prepare", "train_file", "no such setting of prepare"),
        ("finetune", "resume", "A run goes on where it was when the same command is typed again."),
        ("predict", "image", "It is called 'input' here."),
        ("explain", "image", "It is called 'input' here."),
        ("finetune", "label", "label: '1' is not a group of settings. Did you mean 'label_column'?"),
        ("finetune", "image", "image: '1' is not a group of settings. Did you mean 'image_column'?"),
        ("check", "sep", "It is called 'read.delimiter' here."),
    ],
)
def test_names_of_other_tools_are_answered_with_ours(command, theirs, answer, capsys):
    assert main([command, f"--{theirs}", "1"]) == 2
    assert answer in capsys.readouterr().err


def test_every_name_of_another_tool_is_none_of_ours_and_leads_to_one():
    names = {verb.name: {line.name for line in setting_lines(verb.settings())} for verb in VERBS}
    last = {part for known in names.values() for name in known for part in (name.split(".")[0], name.rpartition(".")[2])}
    assert [name for name, ours in OTHER_NAMES.items() if not set(ours) <= last] == []
    assert not set(OTHER_NAMES) & set(NO_SETTINGS)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_is_given_a_script_that_it_can_read(shell, capsys, tmp_path):
    script = helped(capsys, "--completion", shell)
    assert all(name in script for name in COMMANDS)
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    path = tmp_path / "script"
    path.write_text(script, "utf-8")
    subprocess.run([shell, "-n", path], check=True)


def test_bash_completes_settings_and_their_values(capsys, tmp_path):
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("bash is not installed")
    path = tmp_path / "script"
    path.write_text(helped(capsys, "--completion", "bash"), "utf-8")
    ask = 'COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _shtab_groundup; echo "${COMPREPLY[@]}"'
    code = (
        f'source "{path}"\nCOMP_WORDS=(groundup finetune --lora.r); {ask}\nCOMP_WORDS=(groundup finetune --language ""); {ask}'
    )
    done = subprocess.run([bash, "--norc", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["--lora.rank", "en zh"]


def test_an_unknown_shell_is_refused(capsys):
    assert main(["--completion", "ksh"]) == 2
    assert "'ksh' is not one of bash, zsh" in capsys.readouterr().err


def test_help_reads_no_settings_but_those_it_shows():
    code = "import sys; from groundup.cli import main; main(['predict', '--help']); print([n for n in sys.modules if n.endswith('.settings') and 'commands' in n])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=dict(os.environ))
    assert done.stdout.splitlines()[-1] == "['groundup.commands.predict.settings']"


def test_help_of_others_and_all_shows_every_setting_with_its_text_by_group(capsys):
    text = helped(capsys, "finetune", "--help", "all")
    heads = [line for line in text.splitlines() if line.endswith(":") and not line.startswith(" ")]
    assert heads[:3] == ["example:", "settings of their own:", "table:"]
    assert text.count("--mixout <") == 1
    others = helped(capsys, "finetune", "--help", "others")
    assert "--mixout <number in [0, 1)>" in others
    assert "Share of the weights that an update sees as they were at the start." in others
    assert "--optimizer." not in others
