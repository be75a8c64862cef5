"""The county of the demo: invented units, real service classes, made through the server's own interface."""

import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import quote

from server.registry import templates
from server.trial.unstartable import Unstartable

FOLDER = Path(__file__).parent


def load(name: str) -> Any:
    """Return one of the data files that lie beside this module."""
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


class Registry:
    """The registry of a running server, as any client sees it."""

    def __init__(self, page: str) -> None:
        self.api = f"{page}api/v1/"

    def post(self, path: str, **fields: Any) -> None:
        """Add something; adding the same again changes nothing, so that a folder can be used again."""
        self.send(path, json.dumps(fields).encode(), "application/json")

    def import_classes(self, scheme: str, csv: bytes) -> None:
        """Import service classes from a CSV file's content."""
        self.send(f"service-classes/import?scheme={quote(scheme)}", csv, "text/csv; charset=utf-8")

    def send(self, path: str, content: bytes, media_type: str) -> None:
        """Send one request; raise Unstartable with the server's own words when it is refused."""
        asked = urllib.request.Request(self.api + path, content, {"Content-Type": media_type})  # noqa: S310 - our own
        try:
            urllib.request.urlopen(asked, timeout=30).close()  # noqa: S310 - our own address
        except urllib.error.HTTPError as error:
            raise Unstartable(f"The server refuses {path}: {error.read().decode(errors='replace')}") from error


def create(page: str, boxes: list[dict[str, Any]]) -> None:
    """Create the county in the server whose page is given, with these of its boxes."""
    county = load("county.json")
    registry = Registry(page)
    registry.import_classes(county["scheme"], (FOLDER / "aura_sample.csv").read_bytes())
    for survey in surveys():
        registry.post("surveys", **survey)
    for unit in county["units"]:
        create_unit(registry, county, unit)
    for box in boxes:
        create_box(registry, county, box)


def surveys() -> list[dict[str, Any]]:
    """Return what the boxes of the trial ask: a smiley of its own, and the national survey for adults."""
    own: list[dict[str, Any]] = load("surveys.json")
    return [*own, templates.survey("adult")]


def create_unit(registry: Registry, county: dict[str, Any], unit: dict[str, Any]) -> None:
    """Create a unit with its service points, each with a service class of its own."""
    registry.post("units", code=unit["code"], name=unit["name"], time_zone=county["time_zone"])
    always = {"valid_from": county["since"], "valid_to": None}
    for point in unit["points"]:
        code = point["code"]
        registry.post("service-points", code=code, unit=unit["code"], name=point["name"])
        registry.post("service-class-links", service_point=code, scheme=county["scheme"], code=point["class"], **always)


def create_box(registry: Registry, county: dict[str, Any], box: dict[str, Any]) -> None:
    """Register a box and place it at its service point."""
    placed = dict(box)
    point = placed.pop("service_point")
    registry.post("devices", **placed)
    registry.post(
        "placements", device_id=box["device_id"], service_point=point, valid_from=county["since"], valid_to=None
    )


def boxes(count: int) -> list[dict[str, Any]]:
    """Return the first boxes of the county; any three of them stand for three service classes and both models."""
    listed: list[dict[str, Any]] = load("county.json")["boxes"][:count]
    return listed
