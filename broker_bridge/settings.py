"""What a bridge is told when it starts."""

from dataclasses import dataclass
from pathlib import Path

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Settings:
    """Where the data are, and where the broker listens: on loopback, until there are accounts and TLS.

    A bridge with a name shares the devices' messages with other bridges on the same database.
    """

    data: Path
    mqtt_port: int
    database_url: str | None = None
    name: str | None = None

    @property
    def database(self) -> str:
        """Return the URL of the database, or its file in the folder of the data."""
        return self.database_url or str(self.data / "hymio.db")

    @property
    def called(self) -> str:
        """Return what tells this bridge from its companions."""
        return f"bridge-{self.name}" if self.name else "bridge"

    @property
    def ready_file(self) -> Path:
        """Return the file that exists while the bridge is subscribed."""
        return self.data / f"{self.called}.ready"
