"""Modules that are there for moments."""

import sys

from device import seldom

IS_SHORT = sys.implementation.name == "micropython"


def test_what_is_needed_seldom_is_forgotten_where_memory_is_short_and_found_again():
    from device.protocol import kinds

    assert "device.protocol.kinds" in sys.modules
    seldom.forget()

    assert ("device.protocol.kinds" in sys.modules) != IS_SHORT
    assert hasattr(sys.modules["device.protocol"], "kinds") != IS_SHORT
    seldom.forget()  # a second time there is nothing left to forget
    from device.protocol import kinds as again

    assert again.Integer(0, 1).check(1, "it") == kinds.Integer(0, 1).check(1, "it")


def test_a_refusal_is_the_same_before_and_after():
    from device.protocol import kinds

    before = kinds.Refused
    seldom.forget()
    from device.protocol import kinds as again

    assert again.Refused is before


def test_every_name_is_that_of_a_module():
    for name in seldom.SELDOM:
        __import__(name)

        assert name in sys.modules
