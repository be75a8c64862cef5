"""The command: every verb explains itself, loads only its own folder, and says on one line what is wrong."""

import json
import os
import signal
import socket
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

import hymio
from broker_bridge.database import journals, registry, rejected
from broker_bridge.database.connect import connect
from broker_bridge.database.migrate import open_database
from kiosk_app.pin import Lock
from server.trial import ports
from server.trial.reckoning import Reckoning
from tests.end_to_end.wire import wait_for
from tests.test_house import all_verbs

FREE = {"HYMIO_HTTP_PORT": str(ports.free_port()), "HYMIO_MQTT_PORT": str(ports.free_port())}
HEAVY = ("fastapi", "uvicorn", "paho", "sqlite3", "server", "broker_bridge", "device", "kiosk_app")


def command(repository: Path, *words: object, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "hymio", *map(str, words)],
        cwd=repository,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def refused(repository: Path, *words: object, **environment: str) -> str:
    """Run a command that has to fail with exit status 2 and one line; return the line."""
    process = command(repository, *words, **FREE | environment)
    out, err = process.communicate(timeout=120)

    assert (process.returncode, out) == (2, "")
    assert len(err.splitlines()) == 1
    return err


@pytest.fixture
def taken():
    with socket.create_server((ports.HOST, 0)) as listener:
        yield listener.getsockname()[1]


def test_help_loads_nothing_but_click(repository):
    source = f"import sys, hymio; print([name for name in {HEAVY} if name in sys.modules])"

    assert subprocess.check_output([sys.executable, "-c", source], cwd=repository, text=True) == "[]\n"


def test_help_lists_the_verbs(repository):
    out, _ = command(repository, "--help").communicate(timeout=120)

    assert [verb for verb in (*hymio.main.commands, *hymio.AWAY) if f"  {verb} " not in out] == []


@pytest.mark.parametrize("words", [(), ("classes",), ("export",), ("imports",), ("kiosk",), ("rollups",)])
def test_no_list_of_verbs_breaks_off_in_the_middle_of_a_line(words):
    listed = CliRunner().invoke(hymio.main, [*words, "--help"], terminal_width=80).stdout.partition("Commands:")[2]

    assert len(listed.splitlines()) > 1
    assert "..." not in listed


@pytest.mark.parametrize("module", hymio.MODULES)
def test_every_verb_of_a_folder_can_be_typed(module):
    made = {name: each for name, each in vars(import_module(module)).items() if isinstance(each, click.Command)}
    inner = {verb for group in made.values() if isinstance(group, click.Group) for verb in group.commands.values()}

    assert sorted(verb.name for verb in set(made.values()) - inner) == sorted(hymio.MODULES[module])


def test_a_verb_whose_folder_is_not_on_this_machine_is_refused_on_one_line(monkeypatch):
    monkeypatch.setattr("hymio.find_spec", lambda folder: None)

    done, listed = run("backup", "copy.db"), run("--help").stdout

    assert (done.exit_code, done.stderr.count("\n")) == (2, 1)
    assert "backup needs the folder broker_bridge, which is not on this machine" in done.stderr
    assert "  kiosk " in listed
    assert "  backup " not in listed


@pytest.mark.parametrize("option", ["--data", "--database", "--mqtt-port"])
def test_an_option_that_several_verbs_share_is_the_same_in_all_of_them(repository, option):
    of = {"demo": (), "simulate": (), "kiosk": (), "device": ()}  # where a port is any free one, or the settings' own
    found = [
        (each.help, each.default, each.envvar)
        for path, verb in all_verbs(repository)
        if path.split()[1] not in of
        for each in verb.params
        if option in each.opts
    ]

    assert len(found) > 1
    assert len(set(found)) == 1


@pytest.mark.parametrize("verb", ["up", "demo"])
@pytest.mark.parametrize("option", ["--http-port", "--mqtt-port"])
def test_a_port_in_use_is_one_clear_line(repository, tmp_path, taken, verb, option):
    said = refused(repository, verb, "--data", tmp_path / "data", option, taken)

    assert f"Port {taken} cannot be used (Address already in use)" in said
    assert option in said


@pytest.mark.parametrize(("verb", "option"), [("server", "--http-port"), ("broker", "--mqtt-port")])
def test_a_port_in_use_is_one_clear_line_of_a_single_part_too(repository, tmp_path, taken, verb, option):
    said = refused(repository, verb, "--data", tmp_path / "data", option, taken)

    assert f"Port {taken} cannot be used (Address already in use)" in said


@pytest.mark.parametrize("verb", ["up", "demo", "broker"])
def test_a_missing_mosquitto_is_one_clear_line(repository, tmp_path, verb):
    said = refused(repository, verb, "--data", tmp_path / "data", PATH="/nowhere")

    assert "mosquitto is not in the PATH; apt-get install mosquitto" in said


def test_the_command_names_itself_as_the_manual_does(repository):
    out, _ = command(repository, "up", "--help").communicate(timeout=120)

    assert out.startswith("Usage: hymio up [OPTIONS]")


def test_a_folder_that_cannot_be_used_is_one_clear_line(repository, tmp_path):
    (tmp_path / "file").touch()

    assert "choose another folder with --data" in refused(repository, "up", "--data", tmp_path / "file" / "data")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])
def test_no_other_address_than_loopback_is_offered(repository, host):
    process = command(repository, "up", "--host", host)
    _, err = process.communicate(timeout=120)

    assert process.returncode == 2
    assert "No such option" in err


def children(pid: int) -> dict[str, int]:
    """Return the processes that a process has started, by the verb or program that they run."""
    found = {}
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        words = Path(f"/proc/{child}/cmdline").read_text().split("\0")
        found[words[3] if "hymio" in words else Path(words[0]).name] = int(child)
    return found


def test_up_restarts_what_dies_and_ends_in_order(repository, tmp_path):
    data = tmp_path / "data"
    words = ("up", "--data", data, "--http-port", ports.free_port(), "--mqtt-port", ports.free_port())
    with command(repository, *words) as process:
        first = process.stderr.readline()
        before = children(process.pid)
        os.kill(before["bridge"], signal.SIGKILL)
        (data / "bridge.ready").unlink()  # that of the killed one
        process.stderr.readline()
        told = process.stderr.readline()
        wait_for(lambda: children(process.pid).get("bridge", before["bridge"]) != before["bridge"])
        wait_for((data / "bridge.ready").exists)
        after = children(process.pid)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=120)

    assert first.startswith("Hymio is at http://127.0.0.1:")
    assert set(before) == {"mosquitto", "bridge", "server"}
    assert told == "The bridge has ended; starting it again in 0.2 s.\n"
    assert process.returncode == 0
    assert [pid for pid in after.values() if Path(f"/proc/{pid}").exists()] == []


def reckoning(**wrong: object) -> Reckoning:
    counts = {"pressed": 3, "acknowledged": 3, "stored": 3, "devices": 1, "service_classes": 1}
    return Reckoning(**counts | {"lost": [], "doubled": [], "unpressed": []} | wrong)


@pytest.mark.parametrize(("wrong", "status"), [({}, 0), ({"lost": [("box-1", "e1", 3)]}, 1), ({"drained": False}, 1)])
def test_the_demo_ends_with_one_json_line_and_its_verdict(monkeypatch, capsys, wrong, status):
    monkeypatch.setattr("server.trial.demo.run", lambda plan, say: reckoning(**wrong))

    with pytest.raises(SystemExit) as ended:
        hymio.main(["demo", "--json", "--seconds", "1"])

    assert ended.value.code == status
    assert json.loads(capsys.readouterr().out)["lost"] == len(wrong.get("lost", []))


def test_the_demo_prints_a_table_for_people(monkeypatch, capsys):
    monkeypatch.setattr("server.trial.demo.run", lambda plan, say: reckoning())

    with pytest.raises(SystemExit):
        hymio.main(["demo"])

    assert capsys.readouterr().out.endswith("Every acknowledged press is stored exactly once.\n")


CSV = """code,name_fi,level,parent_code,first_fiscal_year_seen,last_fiscal_year_seen_in_kunta_list
2536,Perustason vastaanottopalvelut,exact,,2021,2022
"""


@pytest.fixture
def data(tmp_path) -> Path:
    open_database(tmp_path / "hymio.db").close()
    return tmp_path


def run(*words: object) -> Result:
    return CliRunner().invoke(hymio.main, list(map(str, words)))


def test_classes_are_imported_from_a_file(data):
    (data / "aura.csv").write_text(CSV)

    done = run("classes", "import", data / "aura.csv", "--scheme", "sample", "--data", data, "--json")

    assert json.loads(done.stdout) == {"imported": 1, "new": 1, "changed": 0, "coarse": 0}


def test_a_bad_row_is_named_and_nothing_is_imported(data):
    (data / "aura.csv").write_text(CSV + "25 8,Neuvola,exact,,,\n")

    done = run("classes", "import", data / "aura.csv", "--scheme", "sample", "--data", data)

    assert done.exit_code == 2
    assert len(done.stderr.splitlines()) == 1
    assert all(word in done.stderr for word in ("3", "code", "25 8", "four digits"))
    assert run("classes", "import", data / "aura.csv", "--scheme", "sample", "--data", data).exit_code == 2


def test_completeness_names_what_is_missing(data):
    connection = open_database(data / "hymio.db")
    registry.add_device(connection, "box-1", "button-5")
    (journal,) = journals.journals(connection, [("box-1", "e1")]).values()
    journal.heard(6, 0)
    journal.note_hello({"epoch": "e1", "next_seq": 6, "oldest_seq": 4})
    journals.advance(connection, journal)
    journals.save(connection, [journal])
    connection.close()

    told = run("completeness", "--data", data).stdout
    listed = json.loads(run("completeness", "--data", data, "--json").stdout)

    assert told.startswith("box-1 e1: 0 stored, 0 duplicates")
    assert told.endswith("gaps: 1-3\n")
    assert listed["gaps"] == [[1, 3]]


def test_a_locked_database_is_one_clear_line(data, monkeypatch):
    monkeypatch.setattr("broker_bridge.database.sqlite.BUSY_TIMEOUT_MS", 10)
    other = connect(data / "hymio.db")
    other.execute("BEGIN IMMEDIATE")

    done = run("completeness", "--data", data)

    other.execute("ROLLBACK")
    other.close()
    assert (done.exit_code, done.stderr) == (
        2,
        f"Error: The database in {data} does not answer now: database is locked.\n",
    )


def test_completeness_says_where_no_epoch_could_be_read(data):
    connection = open_database(data / "hymio.db")
    rejected.keep(connection, "hymio/v1/box-1/up/hello", b"{", "json: not JSON", 0)
    connection.close()

    assert run("completeness", "--data", data).stdout.startswith("box-1 unreadable epoch: 0 stored")


def test_what_is_rejected_is_listed_by_reason(data):
    connection = open_database(data / "hymio.db")
    for received_ms in (0, 1_795_325_090_000):
        rejected.keep(connection, "hymio/v1/box-1/up/hello", b"{", "json: not JSON", received_ms)
    connection.close()

    listed = json.loads(run("rejected", "--data", data, "--json").stdout)

    assert (listed["device_id"], listed["what"], listed["times"]) == ("box-1", "message", 2)
    assert run("rejected", "--data", data).stdout == (
        "box-1: 2 messages, the last at 2026-11-22T05:24:50+00:00: json: not JSON\n"
    )


def test_a_backup_is_made_and_restored_with_one_line_each(data, tmp_path):
    copy, other = tmp_path / "copy.db", tmp_path / "other"

    made = run("backup", copy, "--data", data)
    again = run("backup", copy, "--data", data)
    restored = run("restore", copy, "--data", other)
    over = run("restore", copy, "--data", data)

    assert made.stdout == f"{copy}: {copy.stat().st_size:,} bytes\n"
    assert restored.stdout == "Restored; 0 journals will be asked for what they still have above the backup.\n"
    assert [result.exit_code for result in (again, over)] == [2, 2]
    assert [len(result.stderr.splitlines()) for result in (again, over)] == [1, 1]


@pytest.mark.parametrize("words", [("completeness",), ("classes", "import", __file__, "--scheme", "sample")])
def test_a_folder_without_a_database_is_one_clear_line(tmp_path, words):
    done = run(*words, "--data", tmp_path)

    assert done.exit_code == 2
    assert done.stderr == f"Error: There is no database in {tmp_path}; choose the folder with --data.\n"


@pytest.mark.parametrize("verb", ["server", "up"])
def test_the_server_refuses_any_other_address(repository, tmp_path, verb):
    said = refused(repository, verb, "--data", tmp_path, HYMIO_HTTP_HOST="0.0.0.0")

    assert "only 127.0.0.1 is possible" in said


def test_a_made_up_past_is_generated_verified_and_rebuilt(tmp_path):
    there = ["--data", str(tmp_path / "data"), "--json"]
    run = CliRunner().invoke

    made = run(hymio.main, ["generate", "--responses", "500", "--years", "1", "--units", "5", *there])
    again = run(hymio.main, ["generate", "--responses", "500", *there])
    verified = run(hymio.main, ["rollups", "verify", *there])
    with open_database(tmp_path / "data" / "hymio.db").raw as connection:
        connection.execute("UPDATE rollup_days SET n = n + 1")
    connection.close()
    wrong = run(hymio.main, ["rollups", "verify", *there])
    rebuilt = run(hymio.main, ["rollups", "rebuild", *there])
    right = run(hymio.main, ["rollups", "verify", *there])

    assert json.loads(made.stdout)["responses"] == 500
    assert (again.exit_code, "responses already" in again.stderr) == (2, True)
    assert [result.exit_code for result in (verified, wrong, rebuilt, right)] == [0, 1, 0, 0]
    assert json.loads(rebuilt.stdout)["rollup_days"] > 100


def test_a_list_of_classes_is_previewed_without_a_database(tmp_path):
    (tmp_path / "aura.csv").write_text(CSV)

    done = run("classes", "import", tmp_path / "aura.csv", "--scheme", "sample", "--preview", "--data", tmp_path)

    assert done.exit_code == 0
    assert done.stdout.splitlines()[0].startswith("2536  exact   ")
    assert not (tmp_path / "hymio.db").exists()


@pytest.mark.parametrize(
    ("content", "size", "reason"),
    [
        (None, None, "cannot be read (No such file or directory)"),
        ("{", None, "not JSON in UTF-8"),
        ('{"device_id": "kiosk-1", "host": "broker.example.fi"}', None, "tls is missing: only loopback goes without"),
        ('{"device_id": "kiosk-1", "host": "localhost"}', "800", "a size is written as 1280x800"),
    ],
)
def test_a_kiosk_that_cannot_start_says_why_on_one_line(tmp_path, content, size, reason):
    path = tmp_path / "kiosk.json"
    if content:
        path.write_text(content)

    result = CliRunner().invoke(
        hymio.main, ["kiosk", "run", "--settings", str(path), *(["--size", size] if size else [])]
    )

    assert (result.exit_code, reason in result.stderr, result.stderr.count("\n")) == (2, True, 1)


def test_the_staffs_pin_is_printed_as_the_settings_file_keeps_it():
    result = CliRunner().invoke(hymio.main, ["kiosk", "pin"], input="2468\n2468\n")

    assert Lock(json.loads(result.stdout.splitlines()[-1])["pin_hash"]).opens("2468", 0)
    assert "2468" not in result.stdout


def test_responses_are_exported_to_a_file(data):
    target = data / "responses.csv"

    done = run("export", "responses", target, "--data", data)

    assert (done.exit_code, done.stdout) == (0, f"0 responses in {target}\n")
    assert target.read_text(encoding="utf-8-sig").startswith("response;device_id;")


def test_a_filter_that_no_report_has_is_one_clear_line(data):
    done = run("export", "responses", data / "x.csv", "--filter", "untl=2026-01-01", "--data", data)

    assert (done.exit_code, len(done.stderr.splitlines())) == (2, 1)
    assert "filters.untl" in done.stderr
    assert not (data / "x.csv").exists()


def test_a_file_that_cannot_be_written_is_one_clear_line(data):
    done = run("export", "responses", data / "nowhere" / "x.csv", "--data", data)

    assert (done.exit_code, len(done.stderr.splitlines())) == (2, 1)
    assert done.stderr.endswith("No such file or directory\n")
