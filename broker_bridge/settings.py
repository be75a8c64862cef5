"""What a bridge is told when it starts."""

from dataclasses import dataclass
from pathlib import Path

from broker_bridge.logs import Form
from device.protocol import topics

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Settings:
    """Where the data are, and where the broker listens: on loopback, until there are accounts and TLS.

    A bridge with a name shares the devices' messages with other bridges on the same database. Without a port for
    monitoring nobody can ask how the bridge is.
    """

    data: Path
    mqtt_port: int
    database_url: str | None = None
    name: str | None = None
    monitor_port: int | None = None
    log: Form = "lines"

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

    @property
    def client_id(self) -> str:
        """Return the name of our session at the broker, the same after every start."""
        return f"hymio-{self.called}"

    @property
    def subscription(self) -> str:
        """Return the topic filter of all that devices say, or of our share of it."""
        return f"$share/hymio/{topics.EVERY_UP}" if self.name else topics.EVERY_UP
