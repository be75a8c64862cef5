"""Days and months as numbers, and as people write them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from broker_bridge.database.invalid import Invalid
from broker_bridge.database.local_times import day_number, day_of, month_number, read_month, shown_day, shown_month


@given(some.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_a_number_tells_its_day_and_month(day):
    assert day_of(day_number(day)) == day
    assert shown_day(day_number(day)) == str(day)
    assert shown_month(month_number(day)) == str(day)[:7]
    assert read_month("month", str(day)[:7]) == month_number(day)


@pytest.mark.parametrize("month", ["2026-13", "2026-00", "2026-1", "202611", "2026-11-22", "1026-11", " 2026-11"])
def test_what_is_no_month_is_refused_where_it_stands(month):
    with pytest.raises(Invalid, match="a month such as") as refusal:
        read_month("through", month)

    assert refusal.value.where == "through"
