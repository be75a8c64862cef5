"""What the registry's routes take; what may change the past is kept with who said so and why."""

from typing import Any, Literal

from pydantic import Field, StrictInt, StrictStr

from server.bodies import Body, Explained
from server.texts import UNDETERMINED

When = StrictStr | StrictInt | None
Name = StrictStr | dict[str, StrictStr]


def by_language(name: Name) -> dict[str, str]:
    """Return a name by language; one without a language is of an undetermined one."""
    return {UNDETERMINED: name} if isinstance(name, str) else name


class Named(Body):
    """Something with a code and a name, given as text or by language."""

    code: str
    name: Name

    @property
    def names(self) -> dict[str, str]:
        """Return the name by language."""
        return by_language(self.name)


class Unit(Named):
    """A unit; its days begin and end in its time zone."""

    time_zone: str = "Europe/Helsinki"
    oid: str | None = None
    provider: str | None = None
    parent: str | None = None


class ServicePoint(Named):
    """A place where a device can stand, and the unit that it belongs to."""

    unit: str


class Device(Body):
    """A box or kiosk."""

    device_id: str
    model: str
    survey: str | None = None
    languages: list[str] = Field([], max_length=16)


class DeviceChange(Body):
    """What may change about a device: its survey with its languages, or that nothing is taken from it any more."""

    survey: str | None = None
    languages: list[str] = Field([], max_length=16)
    status: Literal["revoked"] | None = None


class Dated(Explained):
    """Something that holds from one moment up to, but not including, another."""

    valid_from: When = None
    valid_to: When = None


class Placement(Dated):
    """A device at a service point."""

    device_id: str
    service_point: str


class ServiceClassLink(Dated):
    """A service class of a unit, or of one service point."""

    scheme: str
    code: str
    unit: str | None = None
    service_point: str | None = None


class End(Explained):
    """Another end for a placement or link; null opens it."""

    valid_to: When


class UnitChange(Explained):
    """What may change about a unit; what is not named stays."""

    name: Name | None = None
    time_zone: str | None = None
    oid: str | None = None
    provider: str | None = None
    parent: str | None = None

    @property
    def changes(self) -> dict[str, Any]:
        """Return the columns that were named."""
        named = self.model_dump(exclude_unset=True, exclude={"who", "why"})
        if "name" in named:
            name = named.pop("name")
            named["names"] = {} if name is None else by_language(name)
        return named


class OpeningWeek(Body):
    """A week of opening hours from a day on; a day that is not named is closed."""

    valid_from: str
    week: dict[str, list[str]]


class OpeningException(Body):
    """A day with other opening hours than its week's, none for closed."""

    hours: list[str]
    note: str = ""


class Move(Explained):
    """Another unit for a service point, from a moment on."""

    unit: str
    valid_from: When
