"""What the server is told when it starts: where the data are, and on which port of loopback to listen."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

LOOPBACK = "127.0.0.1"
HTTP_PORT = 8765
DATA = "hymio-data"


class Unusable(ValueError):
    """A setting with which the server must not or cannot start; its text is for the person who set it."""


@dataclass(frozen=True)
class Settings:
    """The folder of the database, and where to listen; raises Unusable for any address but loopback."""

    data: Path
    http_port: int = HTTP_PORT
    http_host: str = LOOPBACK
    database_url: str | None = None

    def __post_init__(self) -> None:
        if self.http_host != LOOPBACK:
            raise Unusable(f"HYMIO_HTTP_HOST is {self.http_host}; only {LOOPBACK} is possible before accounts and TLS")

    @property
    def database(self) -> str:
        """Return the URL of the database, or its file in the folder of the data."""
        return self.database_url or str(self.data / "hymio.db")


def from_environment(environment: Mapping[str, str]) -> Settings:
    """Return the settings of HYMIO_DATA, HYMIO_HTTP_PORT, HYMIO_HTTP_HOST and HYMIO_DATABASE; each has a default."""
    return Settings(
        Path(environment.get("HYMIO_DATA", DATA)),
        a_port(environment.get("HYMIO_HTTP_PORT", str(HTTP_PORT))),
        environment.get("HYMIO_HTTP_HOST", LOOPBACK),
        environment.get("HYMIO_DATABASE"),
    )


def a_port(value: str) -> int:
    """Return a port number; raise Unusable for anything else."""
    if not (value.isascii() and value.isdigit() and 1 <= int(value) <= 65535):
        raise Unusable(f"HYMIO_HTTP_PORT is {value!r}; allowed is a port from 1 to 65535")
    return int(value)
