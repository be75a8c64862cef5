"""A crosswalk is taken whole or not at all, and reads every class in either list without losing anything."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from broker_bridge.database.corrections import Because, audited
from broker_bridge.database.crosswalks import WHOLE, Reading, Step, crosswalk, import_crosswalk
from broker_bridge.database.invalid import Invalid
from broker_bridge.database.service_classes import import_service_classes

HEADER = "old_scheme,old_code,new_scheme,new_code,share,rule\n"
CLASSES = "code,name_fi,level,parent_code,first_fiscal_year_seen,last_fiscal_year_seen_in_kunta_list\n"
OLD = ("0001", "0002", "0003", "0004")
NEW = ("0011", "0012", "0013")


@pytest.fixture
def lists(connection):
    """Give two lists of classes."""
    for scheme, codes in (("old", OLD), ("new", NEW)):
        rows = "".join(f"{code},Luokka,exact,,,\n" for code in codes)
        import_service_classes(connection, scheme, (CLASSES + rows).encode())
    return connection


def imported(connection, *rows):
    return import_crosswalk(connection, (HEADER + "\n".join(rows)).encode(), Because("Aino", "new year"))


def read(connection, scheme, stored, **place):
    return Reading(crosswalk(connection), scheme).read(
        dict(zip(("scheme", "service_class"), stored, strict=True)) | place
    )


def test_a_split_goes_by_shares_and_comes_back_whole(lists):
    assert imported(lists, "old,0001,new,0011,0.65,", 'old,0001,new,0012,"0,35",') == {"shares": 2, "rules": 0}

    assert read(lists, "new", ("old", "0001")) == {"0011": 650_000, "0012": 350_000}
    assert read(lists, "old", ("new", "0011")) == read(lists, "old", ("new", "0012")) == {"0001": WHOLE}


def test_a_merger_comes_back_only_by_a_step_of_its_own(lists):
    imported(lists, "old,0001,new,0011,,", "old,0002,new,0011,1,")
    assert read(lists, "new", ("old", "0002")) == {"0011": WHOLE}
    assert read(lists, "old", ("new", "0011")) == {}

    imported(lists, "new,0011,old,0001,0.5,", "new,0011,old,0002,0.5,")

    assert read(lists, "old", ("new", "0011")) == {"0001": 500_000, "0002": 500_000}


def test_a_rule_goes_before_shares_and_a_points_rule_before_its_units(lists):
    imported(
        lists,
        "old,0001,new,0011,,",
        "old,0001,new,0012,,unit:keskus",
        "old,0001,new,0013,,service_point:aula",
    )

    assert read(lists, "new", ("old", "0001"), unit="ranta", service_point="piste") == {"0011": WHOLE}
    assert read(lists, "new", ("old", "0001"), unit="keskus", service_point="piste") == {"0012": WHOLE}
    assert read(lists, "new", ("old", "0001"), unit="keskus", service_point="aula") == {"0013": WHOLE}


def test_what_no_step_names_is_unmapped(lists):
    imported(lists, "old,0001,new,0011,,")

    assert read(lists, "new", ("old", "0002")) == {}
    assert read(lists, "new", ("", "")) == {}
    assert read(lists, "new", ("new", "0013")) == {"0013": WHOLE}


def test_another_import_replaces_the_steps_between_the_same_lists(lists):
    imported(lists, "old,0001,new,0011,,", "old,0002,new,0012,,")
    imported(lists, "new,0011,old,0001,,")
    imported(lists, "old,0001,new,0013,,")

    assert [(each.old_code, each.new_code) for each in crosswalk(lists)] == [("0011", "0001"), ("0001", "0013")]
    assert [(row["what"], row["who"], row["responses"]) for row in audited(lists, 10)] == [("crosswalk", "Aino", 0)] * 3


@pytest.mark.parametrize(
    ("rows", "where"),
    [
        (["old,0001,new,0011,0.5,"], "share"),
        (["old,0001,new,0011,0.5,", "old,0001,new,0012,0.6,"], "share"),
        (["old,0001,new,0011,1.5,"], "row 2, column share"),
        (["old,0001,new,0011,0,"], "row 2, column share"),
        (["old,0001,new,0011,half,"], "row 2, column share"),
        (["old,0001,new,0011,0.5,", "old,0001,new,0011,0.5,"], "file"),
        (["old,9999,new,0011,,"], "row 2, column old_code"),
        (["old,0001,new,9999,,"], "row 2, column new_code"),
        (["old,0001,old,0002,,"], "row 2, column new_scheme"),
        (["old,0001,new,0011,,keskus"], "row 2, column rule"),
        (["old,0001,new,0011,,unit:nowhere"], "row 2, column rule"),
        (["old,0001,new,0011,1,unit:keskus"], "row 2, column share"),
        (["old,0001,new,0011,,unit:keskus", "old,0001,new,0012,,unit:keskus"], "file"),
        ([], "file"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_stored(lists, rows, where):
    imported(lists, "old,0003,new,0011,,")

    with pytest.raises(Invalid) as invalid:
        imported(lists, *rows)

    assert invalid.value.where == where
    assert [each.old_code for each in crosswalk(lists)] == ["0003"]


@some.composite
def crosswalks(draw):
    """Return any crosswalk that the import would take."""
    steps = []
    for old in OLD:
        codes = draw(some.lists(some.sampled_from(NEW), unique=True, max_size=3))
        cuts = sorted(
            draw(
                some.lists(
                    some.integers(1, WHOLE - 1),
                    min_size=max(len(codes) - 1, 0),
                    max_size=max(len(codes) - 1, 0),
                    unique=True,
                )
            )
        )
        shares = [high - low for low, high in zip([0, *cuts], [*cuts, WHOLE], strict=True)]
        steps += [Step("old", old, "new", code, share) for code, share in zip(codes, shares, strict=False)]
        if draw(some.booleans()):
            steps.append(Step("old", old, "new", draw(some.sampled_from(NEW)), unit="keskus"))
    return steps


PLACES = some.fixed_dictionaries(
    {"unit": some.sampled_from(["keskus", "ranta"]), "service_point": some.sampled_from(["aula", "piste"])}
)


@given(crosswalks(), some.sampled_from(["old", "new"]), some.sampled_from([*OLD, *NEW]), PLACES)
def test_shares_are_whole_and_in_the_list_that_is_read(steps, scheme, code, place):
    stored = {"scheme": "old" if code in OLD else "new", "service_class": code}

    shares = Reading(steps, scheme).read(stored | place)

    assert sum(shares.values()) in (0, WHOLE)
    assert shares.keys() <= {*(OLD if scheme == "old" else NEW)}


@given(crosswalks(), some.sampled_from(OLD), PLACES)
def test_a_class_that_is_not_merged_comes_back_as_itself(steps, old, place):
    there = Reading(steps, "new").read({"scheme": "old", "service_class": old} | place)
    for new in there:
        sources = {each.old_code for each in steps if each.new_code == new}
        back = Reading(steps, "old").read({"scheme": "new", "service_class": new} | place)

        assert sources != {old} or back == {old: WHOLE}
