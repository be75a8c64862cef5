"""The arrows between the folders, and the one home of each outside library, read from the imports themselves."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

FOLDERS = ("device", "kiosk_app", "broker_bridge", "server", "hardware")

# Who may name whom, besides itself. The longest name that fits the importing module decides.
ARROWS = {
    "device.protocol": (),
    "device": (),
    "kiosk_app": ("device.protocol",),
    "broker_bridge.database": ("device.protocol",),
    "broker_bridge": ("device.protocol",),
    "server": ("device.protocol", "broker_bridge.database"),
    "hardware": ("device.boards",),
    "hymio": FOLDERS,
}

MADE_AT_RUN_TIME = "a name made at run time"

# Libraries of the outside world that have one door.
HOMES = {
    "machine": ("device/hal.py",),
    "network": ("device/hal.py",),
    "esp32": ("device/hal.py",),
    "rp2": ("device/hal.py",),
    "kivy": ("kiosk_app/ui/",),
    "paho": ("broker_bridge/subscriber.py", "kiosk_app/publisher.py"),
    "fastapi": ("server/",),
    "starlette": ("server/",),
    "uvicorn": ("server/",),
    "sqlite3": ("broker_bridge/database/sqlite.py", "kiosk_app/outbox.py"),
    "psycopg": ("broker_bridge/database/postgresql.py",),
    "cryptography": ("kiosk_app/envelope.py", "kiosk_app/certificate.py"),
    "sqlite_utils": ("broker_bridge/",),
}


def violations(root: Path) -> list[str]:
    """Return one line per forbidden import below the root, in the order of the files."""
    found = []
    for path in modules(root):
        where = path.relative_to(root).as_posix()
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for line, name in imports(tree):
            if not (arrow_allowed(where, name) and at_home(where, name)):
                found.append(f"{where}:{line} imports {name}")
        found += [f"{where}:{line} tries an import" for line in tried_imports(tree, where)]
    return found


def modules(root: Path) -> Iterator[Path]:
    for folder in FOLDERS:
        yield from sorted((root / folder).rglob("*.py"))
    yield from root.glob("hymio.py")


def imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield the line and the full dotted name of all that is imported; a relative name keeps its dots."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            origin = "." * node.level + (node.module or "")
            yield from ((node.lineno, f"{origin}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Call) and (name := imported_by_call(node)):
            yield node.lineno, name


def imported_by_call(call: ast.Call) -> str | None:
    called = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if called not in ("import_module", "__import__") or not call.args:
        return None
    return str(call.args[0].value) if isinstance(call.args[0], ast.Constant) else MADE_AT_RUN_TIME


def arrow_allowed(where: str, name: str) -> bool:
    if name.startswith(".") or name == MADE_AT_RUN_TIME:
        return where == "hymio.py"
    if name.partition(".")[0] not in (*FOLDERS, "hymio", "tests"):
        return True
    importer = where.removesuffix(".py").replace("/", ".")
    origin = max((known for known in ARROWS if within(importer, known)), key=len)
    return any(within(name, target) for target in (origin, *ARROWS[origin]))


def within(name: str, package: str) -> bool:
    return f"{name}.".startswith(f"{package}.")


def at_home(where: str, name: str) -> bool:
    homes = HOMES.get(name.partition(".")[0])
    return homes is None or where.startswith(homes)


def tried_imports(tree: ast.Module, where: str) -> list[int]:
    """Return the lines in device/ where an import may fail quietly; only device/hal.py may tell the Pythons apart."""
    if not where.startswith("device/") or where == "device/hal.py":
        return []
    tries = [node for node in ast.walk(tree) if isinstance(node, ast.Try)]
    return [node.lineno for node in tries if any(isinstance(step, ast.Import | ast.ImportFrom) for step in node.body)]


def test_the_project_keeps_its_arrows(repository):
    assert violations(repository) == []


def test_every_folder_of_the_map_is_there(repository):
    assert [folder for folder in FOLDERS if not (repository / folder / "__init__.py").exists()] == []


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("server/app.py", "import device.outbox"),
        ("server/app.py", "from device import outbox"),
        ("server/app.py", "import device"),
        ("server/app.py", "from broker_bridge import ingest"),
        ("server/app.py", "from broker_bridge.ingest import store"),
        ("server/app.py", "import hymio"),
        ("server/app.py", "from tests import shape"),
        ("server/app.py", "from . import registry"),
        ("server/app.py", "import importlib\nimportlib.import_module('device.outbox')"),
        ("server/app.py", "__import__('dev' + 'ice')"),
        ("server/app.py", "def late():\n    from device.link import Link"),
        ("server/app.py", "import sqlite3"),
        ("broker_bridge/ingest.py", "import psycopg"),
        ("server/trial/people.py", "from paho.mqtt import client"),
        ("broker_bridge/ingest.py", "from server import app"),
        ("broker_bridge/ingest.py", "import paho.mqtt.client"),
        ("broker_bridge/database/connect.py", "from broker_bridge import settings"),
        ("broker_bridge/database/connect.py", "import fastapi"),
        ("broker_bridge/__main__.py", "import uvicorn"),
        ("device/app.py", "import machine"),
        ("device/app.py", "from network import WLAN"),
        ("device/app.py", "from broker_bridge.database import tables"),
        ("device/app.py", "try:\n    import ssl\nexcept ImportError:\n    ssl = None"),
        ("device/protocol/messages.py", "from device import outbox"),
        ("device/hal_more.py", "import esp32"),
        ("kiosk_app/session.py", "from kivy.clock import Clock"),
        ("kiosk_app/session.py", "from device import outbox"),
        ("kiosk_app/session.py", "import sqlite3"),
        ("hardware/wiring.py", "from device.protocol import topics"),
        ("hymio.py", "import machine"),
    ],
)
def test_a_forbidden_import_is_named(tmp_path, path, source):
    write(tmp_path / path, source)

    assert len(violations(tmp_path)) == 1


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("server/app.py", "from fastapi import FastAPI\nimport uvicorn\nfrom broker_bridge.database import connect"),
        ("server/registry/routes.py", "from server.registry import queries\nfrom device.protocol import topics"),
        ("broker_bridge/subscriber.py", "import paho.mqtt.client\nfrom broker_bridge import ingest"),
        ("broker_bridge/ingest.py", "from broker_bridge.database import connect\nfrom device.protocol import messages"),
        ("broker_bridge/database/sqlite.py", "import sqlite3\nfrom device.protocol import canonical"),
        ("device/app.py", "from device import outbox, protocol"),
        ("device/hal.py", "try:\n    import machine\nexcept ImportError:\n    machine = None"),
        ("kiosk_app/ui/app.py", "from kivy.app import App\nfrom kiosk_app import session"),
        ("kiosk_app/publisher.py", "import paho.mqtt.client\nfrom device.protocol import topics"),
        ("hardware/wiring/pins.py", "from device.boards import esp32_c3"),
        ("hymio.py", "import importlib\nimportlib.import_module('ser' + 'ver.app')"),
        ("hymio.py", "import click\nfrom server import app\nfrom device import simulator"),
    ],
)
def test_an_allowed_import_is_left_alone(tmp_path, path, source):
    write(tmp_path / path, source)

    assert violations(tmp_path) == []


def write(path: Path, source: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source, encoding="utf-8")
