"""The application as a whole: every address is in the manual, and the process keeps to loopback."""

import os
import subprocess
import sys

import pytest

from server.app import create_app
from server.settings import Settings

SERVE = "import os; from server import app, settings; app.serve(settings.from_environment(os.environ))"


def test_every_address_is_in_the_manual(settings, repository):
    manual = (repository / "server/README.md").read_text()
    paths = [path.removeprefix("/api/v1") for path in create_app(settings).openapi()["paths"]]

    assert [path for path in paths if path.replace("{row_id}", "{id}") not in manual] == []


def test_documentation_that_would_load_foreign_scripts_is_off(client):
    assert [client.get(path).status_code for path in ("/docs", "/redoc")] == [404, 404]


def test_the_database_is_made_where_it_is_missing(tmp_path):
    create_app(Settings(tmp_path / "data"))

    assert (tmp_path / "data" / "hymio.db").exists()


@pytest.mark.parametrize(
    ("given", "said"),
    [({"HYMIO_HTTP_HOST": "0.0.0.0"}, "only 127.0.0.1"), ({"HYMIO_HTTP_PORT": "x"}, "HYMIO_HTTP_PORT")],
)
def test_a_setting_that_cannot_be_used_ends_the_process(tmp_path, repository, given, said):
    environment = os.environ | given | {"HYMIO_DATA": str(tmp_path / "data"), "PYTHONPATH": str(repository)}

    command = [sys.executable, "-c", SERVE]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)

    assert ended.returncode != 0
    assert said in ended.stderr.splitlines()[-1]
    assert not (tmp_path / "data").exists()
