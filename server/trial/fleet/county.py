"""The county of a fleet: made up, and written by the product's own functions."""

from contextlib import closing
from pathlib import Path
from typing import Any

from broker_bridge.database import registry, service_classes, survey_versions
from broker_bridge.database.migrate import open_database
from broker_bridge.database.ranges import Range
from server.trial.county import FOLDER

SCHEME = "kunta-aura-sample"
CLASSES = ("2536", "2538", "2545")
BOXES_AT_A_POINT, POINTS_OF_A_UNIT = 10, 5
SURVEY: dict[str, Any] = {
    "survey": "smiley@1",
    "languages": ["fi"],
    "questions": [{"id": "smiley", "kind": "smiley5", "text": {"fi": "Millainen palvelu oli?"}}],
}


def device_id(number: int) -> str:
    """Return the name of a box, counted from 0."""
    return f"box-{number:06}"


def point_of(number: int) -> int:
    """Return the number of the service point at which a box stands."""
    return number // BOXES_AT_A_POINT


def point(number: int) -> str:
    """Return the code of a service point."""
    return f"point-{number:05}"


def class_of(number: int) -> str:
    """Return the service class of a service point."""
    return CLASSES[number % len(CLASSES)]


def furnish(database: Path, devices: int) -> None:
    """Write the county of so many boxes into a new database."""
    with closing(open_database(database)) as connection:
        connection.execute("PRAGMA synchronous = OFF")  # of this connection alone: nobody is promised anything yet
        csv = (FOLDER / "aura_sample.csv").read_bytes()
        service_classes.import_service_classes(connection, SCHEME, csv, "aura_sample.csv")
        survey_versions.add_survey(connection, SURVEY)
        for number in range(point_of(devices - 1) + 1):
            furnish_point(connection, number)
        for number in range(devices):
            registry.add_device(connection, device_id(number), "button-5", SURVEY["survey"], ["fi"])
            registry.add_placement(connection, device_id(number), point(point_of(number)), Range())


def furnish_point(connection: Any, number: int) -> None:
    """Add a service point with its class, and its unit where it is the first of it."""
    unit = f"unit-{number // POINTS_OF_A_UNIT:04}"
    if number % POINTS_OF_A_UNIT == 0:
        registry.add_unit(connection, unit, {"fi": unit})
    registry.add_service_point(connection, point(number), unit, {"fi": point(number)})
    registry.add_service_class_link(connection, SCHEME, class_of(number), Range(), service_point=point(number))
