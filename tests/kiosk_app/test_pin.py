"""The staff's PIN: nobody reads it from the settings, and guessing takes long."""

import pytest

from kiosk_app.pin import FIRST_WAIT_MS, LONGEST_WAIT_MS, Lock, hashed

SECRET = hashed("2468", bytes(16))


def test_the_right_pin_opens_and_the_hash_does_not_show_it():
    assert Lock(SECRET).opens("2468", 0)
    assert "2468" not in hashed("2468")
    assert hashed("2468") != hashed("2468")


@pytest.mark.parametrize("pin", ["", "1", "2469", "24680", "x" * 12])
def test_any_other_does_not(pin):
    assert not Lock(SECRET).opens(pin, 0)


def test_without_a_pin_nothing_opens():
    lock = Lock(None)

    assert (lock.has_pin, lock.opens("", 0), lock.opens("2468", 0)) == (False, False, False)


def test_after_three_wrong_ones_even_the_right_one_has_to_wait():
    lock = Lock(SECRET)
    for _ in range(3):
        lock.opens("1111", 0)

    assert not lock.opens("2468", FIRST_WAIT_MS - 1)
    assert lock.opens("2468", FIRST_WAIT_MS)


def test_ten_thousand_guesses_take_months():
    lock = Lock(SECRET)
    now_ms = tried = 0
    while tried < 30:
        lock.opens("1111", now_ms)
        tried += 1
        now_ms = max(now_ms, lock._closed_until_ms)

    assert now_ms > 20 * LONGEST_WAIT_MS


@pytest.mark.parametrize("pin", ["123", "abcd", "12 34", "", "١٢٣٤"])
def test_a_pin_is_four_digits_or_more(pin):
    with pytest.raises(ValueError, match="4 digits"):
        hashed(pin)
