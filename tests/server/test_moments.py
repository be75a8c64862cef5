"""Moments as people write them."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_bridge.database.invalid import Invalid
from server.moments import LAST_SECOND, moment_ms

HELSINKI = "Europe/Helsinki"


@pytest.mark.parametrize(
    ("value", "ms"),
    [
        ("2026-10-25", 1_792_875_600_000),
        ("2026-10-25T00:00+03:00", 1_792_875_600_000),
        ("2026-10-25 03:30:00+03:00", 1_792_888_200_000),
        ("2026-10-25T03:30:00+02:00", 1_792_891_800_000),
        ("2026-10-24T21:00:00.250Z", 1_792_875_600_250),
        ("1792875600", 1_792_875_600_000),
        (1_792_875_600, 1_792_875_600_000),
        (0, 0),
    ],
)
def test_what_is_clear_is_read(value, ms):
    assert moment_ms(value, HELSINKI, "from") == ms


@pytest.mark.parametrize(
    "value",
    [
        *("", "now", "20260101", "12", "2026-10-25T03:30:00", "2026-02-30", "2026-W01-1", "2026-1-1", "1899-12-31"),
        *("2026-01-01T24:01:00Z", "9999-12-31T23:59:59-05:00", "0001-01-01T00:00:00+14:00", "\u0662026-01-01"),
        *(-1, LAST_SECOND + 1, "9999-01-02"),
    ],
)
def test_what_is_not_clear_is_refused_with_what_would_be(value):
    with pytest.raises(Invalid) as invalid:
        moment_ms(value, HELSINKI, "from")

    assert (invalid.value.where, invalid.value.value) == ("from", value)
    assert invalid.value.allowed


def test_a_moment_without_an_offset_is_told_so():
    with pytest.raises(Invalid, match="with its offset"):
        moment_ms("2026-10-25T03:30:00", HELSINKI, "valid_from")


@given(st.text(max_size=30) | st.integers())
def test_any_other_input_is_refused_and_never_crashes(value):
    with suppress(Invalid):
        assert isinstance(moment_ms(value, HELSINKI, "from"), int)
