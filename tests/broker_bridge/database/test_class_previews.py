"""What an import of service classes would change is said before, and nothing is changed by saying it."""

from broker_bridge.database import registry
from broker_bridge.database.class_files import read
from broker_bridge.database.class_previews import preview
from broker_bridge.database.ranges import Range, day_start_ms
from broker_bridge.database.service_classes import import_service_classes, service_classes

HEADER = "code,name_fi,level,valid_from,valid_to"
STORED = ["9010,Keksityt,coarse,2021-01-01,", "9011,Vastaanotto,exact,2021-01-01,", "9012,Neuvola,exact,2021-01-01,"]
NEXT = [
    "9011,Avovastaanotto,exact,2021-01-01,2027-01-01",
    "9012,Neuvola,coarse,2021-01-01,",
    "9013,Uusi,exact,2027-01-01,",
]


def file(rows):
    return "\n".join([HEADER, *rows, ""]).encode()


def previewed(connection, rows):
    return preview(connection, "test", read("test", file(rows), "file"))


def test_every_kind_of_change_is_said(connection):
    import_service_classes(connection, "test", file(STORED))

    told = previewed(connection, NEXT)

    assert (told["new"], told["ended"]) == (["9013"], ["9011"])
    assert told["renamed"] == [{"code": "9011", "was": {"fi": "Vastaanotto"}, "becomes": {"fi": "Avovastaanotto"}}]
    assert told["validity"] == [{"code": "9011", "was": ["2021-01-01", None], "becomes": ["2021-01-01", "2027-01-01"]}]
    assert told["level"] == [{"code": "9012", "was": "exact", "becomes": "coarse"}]
    assert (told["unlisted"], told["coarse"]) == (["9010"], ["9012"])
    assert len(told["classes"]) == 3


def test_who_is_linked_beyond_the_new_end_is_said_with_the_service_points(connection):
    import_service_classes(connection, "test", file(STORED))
    from_2022 = Range(day_start_ms("2022-01-01", "Europe/Helsinki"))
    registry.add_unit(connection, "muu", {"fi": "Muu"})
    registry.add_service_point(connection, "muu-ovi", "muu", {"fi": "Ovi"})
    registry.add_service_class_link(connection, "test", "9011", from_2022, unit="muu")

    told = previewed(connection, NEXT)["affected"]

    assert [(each["code"], each["unit"], each["service_points"]) for each in told] == [("9011", "muu", ["muu-ovi"])]


def test_a_list_that_stays_as_it_is_changes_nothing(connection):
    import_service_classes(connection, "test", file(STORED))
    before = service_classes(connection, "test")

    told = previewed(connection, STORED)

    assert [told[name] for name in ("new", "ended", "renamed", "validity", "level", "unlisted", "affected")] == [[]] * 7
    assert service_classes(connection, "test") == before
