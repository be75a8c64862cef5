"""What survives deep sleep, and what is known to have not."""

from device import rtc_memory
from tests.device.raising import raised

FIELDS = {"journal": ["abcdefghij", 7], "clock": [123456789012345, None], "survey": None}


def test_what_is_kept_comes_back():
    assert rtc_memory.unpack(rtc_memory.pack(FIELDS)) == FIELDS


def test_any_flipped_bit_is_found():
    data = rtc_memory.pack(FIELDS)
    for index in range(len(data)):
        damaged = bytearray(data)
        damaged[index] ^= 1 << index % 8

        assert rtc_memory.unpack(bytes(damaged)) is None


def test_blank_memory_keeps_nothing():
    assert rtc_memory.unpack(b"") is None
    assert rtc_memory.unpack(bytes(2048)) is None


def test_more_than_the_chip_keeps_is_refused():
    raised(ValueError, rtc_memory.pack, {"x": "y" * 2048})
