"""What the visitors of a fleet saw, for the checker of all faults."""

from contextlib import closing

from broker_bridge.database.connect import connect
from server.trial.fleet import county
from server.trial.fleet.storm import events, said
from tests.faults.checker import Identity, Truth, check


class County:
    """Knows where each box stands, and for which class; nothing of it ever changed."""

    def at(self, device_id, at_ms):
        point = county.point_of(int(device_id.rpartition("-")[2]))
        return county.point(point), county.class_of(point)


def truth(logs):
    """Return what the logs say: who was thanked for what, and when."""
    told = Truth(said=said(logs), county=County())
    for event in events(logs, "thanked"):
        identity = Identity(event["device_id"], event["epoch"], event["seq"])
        told.moments[identity] = event["at_ms"]
        told.values[identity] = event["content"]["answers"]["smiley"]
    return told


def verdict(database, logs, drained):
    """Compare what was thanked for with what is stored."""
    with closing(connect(database)) as connection:
        return check(connection, truth(logs), [] if drained else ["boxes that did not get rid of all they held"])
