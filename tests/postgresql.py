"""A PostgreSQL server for tests: a cluster of its own in a temporary folder, on a socket there and nowhere else."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

import psycopg

WHERE_DEBIAN_KEEPS_IT = "/usr/lib/postgresql/*/bin"
OWNER = "postgres"  # the server refuses to run as root
PATIENCE_S = 60.0

CONFIGURATION = """
listen_addresses = ''
autovacuum = off
min_wal_size = 32MB
max_wal_size = 256MB
max_connections = 60
log_min_messages = fatal
"""


def program(name: str) -> str:
    """Return one of the server's programs, of its newest version."""
    places = sorted(Path("/").glob(WHERE_DEBIAN_KEEPS_IT.lstrip("/")), key=lambda place: int(place.parent.name))
    found = [shutil.which(name, path=str(place)) for place in reversed(places)] + [shutil.which(name)]
    return next(place for place in found if place)


def as_owner(*command: str) -> list[str]:
    """Return a command that ends with us, and that does not run as root."""
    drop = ["--reuid", OWNER, "--regid", OWNER, "--clear-groups"] if os.getuid() == 0 else []
    return ["setpriv", *drop, "--pdeathsig", "KILL", "--", *command]


class Cluster:
    """One server and its files; `start` it again after `kill`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.numbers = count(1)
        self.process: subprocess.Popen[bytes] | None = None
        if os.getuid() == 0:
            shutil.chown(folder, OWNER, OWNER)
        make = [program("initdb"), "-D", str(self.data), "-U", OWNER, "-A", "trust", "-E", "UTF8", "--no-sync"]
        subprocess.run(as_owner(*make, "--locale", "C.UTF-8"), check=True, stdout=subprocess.DEVNULL, cwd=folder)
        with (self.data / "postgresql.conf").open("a") as file:
            file.write(f"{CONFIGURATION}unix_socket_directories = '{folder}'\n")

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def start(self) -> None:
        """Start the server and wait until it answers."""
        with (self.folder / "log").open("ab") as log:
            command = as_owner(program("postgres"), "-D", str(self.data))
            self.process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.folder)
        deadline_s = time.monotonic() + PATIENCE_S
        while True:
            with suppress(psycopg.OperationalError), psycopg.connect(self.url("postgres")):
                return
            assert self.process.poll() is None, (self.folder / "log").read_text()
            assert time.monotonic() < deadline_s, "the server does not answer"
            time.sleep(0.02)

    def kill(self) -> None:
        """Kill the server as a crash would; its own children notice and end too."""
        self.process.kill()
        self.process.wait(60)

    def stop(self) -> None:
        """End the server without waiting for those who are connected."""
        self.process.send_signal(3)
        self.process.wait(60)

    def url(self, database: str) -> str:
        return f"postgresql:///{database}?host={self.folder}&user={OWNER}"

    def command(self, sql: str) -> None:
        """Run a statement that no transaction may hold."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(sql)

    @contextmanager
    def database(self, template: str = "template0") -> Iterator[str]:
        """Give the URL of a new database, and drop it afterwards, whoever is still connected."""
        name = f"test_{next(self.numbers)}"
        self.command(f"CREATE DATABASE {name} TEMPLATE {template}")
        yield self.url(name)
        self.command(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def cluster() -> Iterator[Cluster]:
    """Give a running server, and remove all of it afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="hymio-postgresql-"))
    made = Cluster(folder)
    try:
        made.start()
        yield made
        made.stop()
    finally:
        if made.process and made.process.poll() is None:
            made.kill()
        shutil.rmtree(folder, ignore_errors=True)
