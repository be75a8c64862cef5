"""What a bridge keeps in mind of the registry and the rollups between transactions, for as long as it is true."""

from weakref import WeakKeyDictionary

from broker_bridge.database.connect import Connection, Row
from broker_bridge.database.surveys import Question, questions
from broker_bridge.database.timelines import Place, Timeline, timeline

VERSION = {
    "sqlite": "SELECT version FROM registry_version",
    # Held to the commit: a correction waits for those who read the ranges before it, and corrects what they stored.
    "postgresql": "SELECT version FROM registry_version FOR SHARE",
}
MOST_DEVICES = 50_000  # 3 KiB each, of the 512 MiB that the service file allows


class Memory:
    """The known devices, surveys and timelines of one version of the registry, and the ids of what rollups count."""

    def __init__(self, connection: Connection) -> None:
        self.version = int(connection.execute(VERSION[connection.engine]).fetchone()[0])
        self.devices: dict[str, Row] = {}
        self.surveys: dict[str, dict[str, Question]] = {}
        self.timelines: dict[str, Timeline] = {}
        self.places: dict[Place, int] = {}
        self.questions: dict[tuple[str, ...], int] = {}

    def device(self, connection: Connection, device_id: str | None) -> Row | None:
        """Return the row of a device that is registered and not revoked, None for any other."""
        known = self.devices.get(device_id or "")
        if known is None:
            known = connection.execute(
                "SELECT * FROM devices WHERE device_id = :device_id AND status = 'registered'",
                {"device_id": device_id},
            ).fetchone()
            if known:
                self.devices[known["device_id"]] = known
        return known

    def survey(self, connection: Connection, survey: str | None) -> dict[str, Question]:
        """Return the questions of a survey version by id; none when it is not stored."""
        if survey is None:
            return {}
        if survey not in self.surveys:
            asked = questions(connection, survey)
            if not asked:
                return {}
            self.surveys[survey] = asked
        return self.surveys[survey]

    def timeline(self, connection: Connection, device_id: str) -> Timeline:
        """Return what a device is attached to from moment to moment."""
        if device_id not in self.timelines:
            self.timelines[device_id] = timeline(connection, device_id)
        return self.timelines[device_id]


kept: WeakKeyDictionary[Connection, Memory] = WeakKeyDictionary()


def memory_of(connection: Connection) -> Memory:
    """Return what is kept in mind for a connection, begun anew when the registry has changed, or when it is too much.

    In a transaction.
    """
    memory = kept.get(connection)
    version = connection.execute(VERSION[connection.engine]).fetchone()[0]
    if memory is None or memory.version != version or len(memory.devices) > MOST_DEVICES:
        memory = kept[connection] = Memory(connection)
    return memory


def forget(connection: Connection) -> None:
    """Begin anew: what was read in a transaction that was undone may not be there."""
    kept.pop(connection, None)
