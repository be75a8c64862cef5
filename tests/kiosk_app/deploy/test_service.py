"""The kiosk's service file: understood by systemd as a whole, shut in, and fed by the screen."""

import json
from pathlib import Path

import pytest

from tests.broker_bridge.deploy.test_service import analyze, complaints

MOST_EXPOSED = 2.6  # of 10; screen, sound and keys are devices that a bridge does without


@pytest.fixture
def unit(repository: Path, tmp_path: Path) -> Path:
    """Give the service file as it would be installed, with a command that this machine has."""
    text = (repository / "kiosk_app" / "deploy" / "hymio-kiosk.service").read_text()
    installed = tmp_path / "hymio-kiosk.service"
    installed.write_text(text.replace("/opt/hymio/.venv/bin/python", "/bin/true").replace("/opt/hymio", str(tmp_path)))
    return installed


def test_systemd_knows_every_key_of_the_unit(unit: Path) -> None:
    assert complaints(analyze("verify", unit), unit) == []


def test_a_key_that_systemd_does_not_know_would_be_seen(unit: Path) -> None:
    unit.write_text(unit.read_text().replace("WatchdogSec=", "WatchdogSeconds="))

    assert len(complaints(analyze("verify", unit), unit)) == 1


def test_the_unit_is_shut_in(unit: Path) -> None:
    judged = analyze("security", "--offline=true", "--json=short", unit)

    assert judged.returncode == 0, judged.stderr
    assert sum(float(row["exposure"] or 0) for row in json.loads(judged.stdout)) <= MOST_EXPOSED


def test_the_watchdog_waits_for_the_screen(unit: Path) -> None:
    lines = unit.read_text().splitlines()

    assert {"Type=notify", "WatchdogSec=20", "Restart=always", "Wants=var-lib-hymio.mount"} <= set(lines)
