"""The registry of the simulated county: written by the product's own functions, and remembered here beside them."""

from broker_bridge.database import registry, survey_versions
from broker_bridge.database.connect import transaction
from broker_bridge.database.migrate import migrate_sqlite
from broker_bridge.database.ranges import Range
from broker_bridge.database.rows import insert
from broker_bridge.database.sqlite import Sqlite

SURVEY = {
    "survey": "reception@1",
    "languages": ["fi"],
    "questions": [{"id": "smiley", "kind": "smiley5", "text": {"fi": "Millainen?"}}],
}
CLASSES = ("2541", "2542", "2543", "2544")
POINTS = ("point-0", "point-1", "point-2")
MOST_DEVICES = 4


def device_id(number, model="box"):
    """Return the identity of a device."""
    return f"{model}-{number:04}"


def device_ids():
    """Yield the identities of all devices that there may be, with a number that says where they stand at first."""
    for model in ("box", "kiosk"):
        yield from ((device_id(number, model), number % len(POINTS)) for number in range(MOST_DEVICES))


def template():
    """Return the bytes of a database in which everything is placed and linked since ever."""
    connection = Sqlite(":memory:")
    with transaction(connection):
        migrate_sqlite(connection)
    survey_versions.add_survey(connection, SURVEY)
    for code in CLASSES:
        row = {"scheme": "aura", "code": code, "names": "{}", "level": "exact", "source": "made"}
        insert(connection, "service_classes", row)
    for number, point in enumerate(POINTS):
        registry.add_unit(connection, f"unit-{number}", {"fi": "Yksikkö"})
        registry.add_service_point(connection, point, f"unit-{number}", {"fi": "Piste"})
        registry.add_service_class_link(connection, "aura", CLASSES[number], Range(), unit=f"unit-{number}")
    for device, number in device_ids():
        model = "kiosk" if device.startswith("kiosk") else "button-5"
        registry.add_device(connection, device, model, SURVEY["survey"], ["fi"])
        registry.add_placement(connection, device, POINTS[number], Range())
    data = connection.raw.serialize()
    connection.close()
    return data


class County:
    """Where every device stands and of which class every unit is, from moment to moment, as somebody wrote it down."""

    def __init__(self):
        self.places = {device: [(0, number)] for device, number in device_ids()}
        self.classes = {number: [(0, CLASSES[number])] for number in range(len(POINTS))}

    def copy(self):
        """Return a copy, to go with a backup."""
        copy = County()
        copy.places = {name: list(dated) for name, dated in self.places.items()}
        copy.classes = {name: list(dated) for name, dated in self.classes.items()}
        return copy

    def at(self, device, at_ms):
        """Return the service point and the class that were valid for a device at a moment."""
        number = valid(self.places[device], at_ms)
        return POINTS[number], valid(self.classes[number], at_ms)

    def reclassify(self, connection, number, code, from_ms):
        """Give a unit another class from a moment on; what was planned for later is dropped."""
        dated = self.classes[number]
        if from_ms <= dated[-1][0] or dated[-1][1] == code:
            return False
        end(connection, "service_class_links", "unit", f"unit-{number}", from_ms)
        registry.add_service_class_link(connection, "aura", code, Range(from_ms), unit=f"unit-{number}")
        dated.append((from_ms, code))
        return True

    def move(self, connection, device, number, from_ms):
        """Put a device at another service point from a moment on."""
        dated = self.places[device]
        if from_ms <= dated[-1][0] or dated[-1][1] == number:
            return False
        end(connection, "placements", "device_id", device, from_ms)
        registry.add_placement(connection, device, POINTS[number], Range(from_ms))
        dated.append((from_ms, number))
        return True


def end(connection, table, column, owner, to_ms):
    """End the open range of an owner."""
    open_range = f"SELECT id FROM {table} WHERE {column} = :owner AND valid_to_ms IS NULL"
    row = connection.execute(open_range, {"owner": owner}).fetchone()
    registry.end(connection, table, row["id"], to_ms)


def valid(dated, at_ms):
    """Return what was valid at a moment."""
    return next(value for from_ms, value in reversed(dated) if from_ms <= at_ms)
