"""What a bridge is told when it starts."""

import ssl
from dataclasses import dataclass
from pathlib import Path

from broker_bridge.logs import Form
from device.protocol import topics

LOOPBACK = "127.0.0.1"


class Unusable(ValueError):
    """Settings with which the bridge must not or cannot start; the text is for the person who gave them."""


class Link(ssl.SSLSocket):
    """A connection that closes when the handshake fails: paho has let go of it by then."""

    def do_handshake(self, block: bool = False) -> None:
        """Agree on keys, or close and raise why not."""
        try:
            super().do_handshake(block)
        except BaseException:
            self.close()
            raise


@dataclass(frozen=True)
class Tls:
    """Files in PEM: who may have signed the broker's certificate, and the certificate and key by which it knows us."""

    authority: Path
    certificate: Path
    key: Path

    def context(self) -> ssl.SSLContext:
        """Return what checks the broker's certificate and its name; raise Unusable for files that are none."""
        try:
            context = ssl.create_default_context(cafile=str(self.authority))
            context.minimum_version = ssl.TLSVersion.TLSv1_2
            context.sslsocket_class = Link
            context.load_cert_chain(self.certificate, self.key)
        except OSError as trouble:
            named = f"{self.authority}, {self.certificate} and {self.key}"
            raise Unusable(f"{named} are no certificates and key that belong together: {trouble}") from trouble
        return context


@dataclass(frozen=True)
class Settings:
    """Where the data are, and where the broker listens; raises Unusable for a broker elsewhere without TLS.

    With TLS the certificate says who the bridge is. A bridge with a name shares the devices' messages with other
    bridges on the same database. Without a port for monitoring nobody can ask how the bridge is.
    """

    data: Path
    mqtt_port: int
    database_url: str | None = None
    name: str | None = None
    monitor_port: int | None = None
    log: Form = "lines"
    mqtt_host: str = LOOPBACK
    tls: Tls | None = None

    def __post_init__(self) -> None:
        if self.tls is None and self.mqtt_host != LOOPBACK:
            raise Unusable(f"{self.mqtt_host} is another machine: certificates are needed to speak to a broker there")

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
