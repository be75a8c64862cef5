"""What the manual types is what happens: the example of an import, command by command."""

import re
import shlex

from click.testing import CliRunner

import hymio
from broker_bridge.database import registry, service_classes, survey_versions
from broker_bridge.database.migrate import open_database
from broker_bridge.database.ranges import Range


def section(repository):
    manual = (repository / "server/README.md").read_text()
    return manual.partition("## What an older system collected\n")[2].partition("\n## ")[0]


def block(text, kind):
    return re.search(rf"```{kind}\n(.*?)```", text, re.DOTALL)[1]


def add_what_the_manual_adds_first(path):
    connection = open_database(path)
    asked = [{"id": "smiley", "kind": "smiley5", "text": {"fi": "Millainen?"}}]
    survey_versions.add_survey(connection, {"survey": "smiley@1", "languages": ["fi"], "questions": asked})
    registry.add_unit(connection, "salla", {"fi": "Salla"})
    registry.add_service_point(connection, "salla-aula", "salla", {"fi": "Aula"})
    service_classes.import_service_classes(connection, "kunta-aura-2022", b"code,name_fi\n2536,Vastaanotto\n")
    registry.add_service_class_link(connection, "kunta-aura-2022", "2536", Range(), unit="salla")
    connection.close()


def test_the_example_of_the_manual_does_what_it_says(repository, tmp_path, monkeypatch):
    text = section(repository)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "hymio-data").mkdir()
    add_what_the_manual_adds_first(tmp_path / "hymio-data/hymio.db")
    (tmp_path / "old.csv").write_text(block(text, "csv"))
    (tmp_path / "mapping.json").write_text(block(text, "json"))

    typed = re.findall(r"^\$ hymio (.*)\n((?:(?!\$).*\n)*)", block(text, "console"), re.MULTILINE)

    assert len(typed) == 5
    for words, printed in typed:
        assert CliRunner().invoke(hymio.main, shlex.split(words)).stdout == printed, words


def test_a_preview_of_what_cannot_be_imported_ends_with_1(repository, tmp_path):
    text = section(repository)
    add_what_the_manual_adds_first(tmp_path / "hymio.db")
    (tmp_path / "old.csv").write_text(block(text, "csv"))
    (tmp_path / "mapping.json").write_text(block(text, "json").replace(', "Old wing": null', ""))
    command = ["imports", "add", "old.csv", "--mapping", "mapping.json", "--data", "."]
    words = [str(tmp_path / word) if word in ("old.csv", "mapping.json", ".") else word for word in command]

    looked = CliRunner().invoke(hymio.main, [*words, "--preview"])
    refused = CliRunner().invoke(hymio.main, words)

    assert (looked.exit_code, "NOT IN THE MAPPING" in looked.stdout) == (1, True)
    assert (refused.exit_code, refused.stderr.count("\n")) == (2, 1)
    assert "row 4, column Point: 'Old wing'" in refused.stderr


def test_a_mapping_that_is_wrong_is_one_clear_line(tmp_path):
    open_database(tmp_path / "hymio.db").close()
    for name, content in (("old.csv", "Time\n"), ("mapping.json", '{"format": "hymio-import/1"}')):
        (tmp_path / name).write_text(content)
    files = [str(tmp_path / "old.csv"), "--mapping", str(tmp_path / "mapping.json")]

    done = CliRunner().invoke(hymio.main, ["imports", "add", *files, "--data", str(tmp_path)])

    assert (done.exit_code, done.stderr.count("\n")) == (2, 1)
    assert "is a required property" in done.stderr
