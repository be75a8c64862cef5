"""The bridge's service file: understood by systemd as a whole, and shut in."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from server.trial.fleet.judgement import BRIDGE_BOUND_MIB
from tests.faults.storm import paper

MOST_EXPOSED = 2.0  # of 10, by systemd's own reckoning


@pytest.fixture
def unit(repository: Path, tmp_path: Path) -> Path:
    """Give the service file as it would be installed, with a command that this machine has."""
    text = (repository / "broker_bridge" / "deploy" / "hymio-bridge.service").read_text()
    installed = tmp_path / "hymio-bridge.service"
    installed.write_text(text.replace("/opt/hymio/.venv/bin/python", "/bin/true").replace("/opt/hymio", str(tmp_path)))
    return installed


@pytest.fixture
def brokers(repository: Path, tmp_path: Path) -> Path:
    """Give what is added to Debian's service file of the broker, where it would be installed."""
    (tmp_path / "mosquitto.service").write_text("[Service]\nExecStart=/bin/true\n")
    added = tmp_path / "mosquitto.service.d" / "hymio.conf"
    added.parent.mkdir()
    added.write_text((repository / "broker_bridge" / "deploy" / "mosquitto-service.conf").read_text())
    return added


def analyze(*arguments: object) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"SYSTEMD_LOG_LEVEL": "warning", "SYSTEMD_COLORS": "0"}
    command = ["systemd-analyze", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


def complaints(checked: subprocess.CompletedProcess[str], unit: Path) -> list[str]:
    return [line for line in checked.stderr.splitlines() if unit.name in line]


def test_systemd_knows_every_key_of_the_unit(unit: Path) -> None:
    assert complaints(analyze("verify", unit), unit) == []


def test_a_key_that_systemd_does_not_know_would_be_seen(unit: Path) -> None:
    unit.write_text(unit.read_text().replace("ProtectHome=", "ProtectHouse="))

    assert len(complaints(analyze("verify", unit), unit)) == 1


def test_the_unit_is_shut_in(unit: Path) -> None:
    judged = analyze("security", "--offline=true", "--json=short", unit)

    assert judged.returncode == 0, judged.stderr
    exposure = sum(float(row["exposure"] or 0) for row in json.loads(judged.stdout))
    assert exposure <= MOST_EXPOSED


def test_a_unit_without_a_sandbox_would_be_seen(unit: Path) -> None:
    kept = [line for line in unit.read_text().splitlines() if not line.startswith(("Protect", "Restrict", "System"))]
    unit.write_text("\n".join(kept))

    judged = analyze("security", "--offline=true", "--json=short", unit)

    assert sum(float(row["exposure"] or 0) for row in json.loads(judged.stdout)) > MOST_EXPOSED


def test_a_broker_is_allowed_as_many_connections_as_the_paper_model_reckons_with(brokers: Path) -> None:
    checked = analyze("verify", brokers.parent.parent / "mosquitto.service")

    assert complaints(checked, brokers) == []
    assert f"\nLimitNOFILE={paper.FILES}\n" in brokers.read_text()


def test_a_bridge_may_need_as_much_memory_as_a_fleet_is_judged_by(unit: Path) -> None:
    assert f"\nMemoryMax={paper.BRIDGE_MIB}M\n" in unit.read_text()
    assert paper.BRIDGE_MIB == BRIDGE_BOUND_MIB


def test_a_key_of_the_brokers_file_that_systemd_does_not_know_would_be_seen(brokers: Path) -> None:
    brokers.write_text(brokers.read_text().replace("LimitNOFILE=", "LimitFILES="))

    assert len(complaints(analyze("verify", brokers.parent.parent / "mosquitto.service"), brokers)) == 1
