"""Edges by interrupt: nothing allocated, nothing lost, and a push during an erase is one."""

import sys

from device.edges import KEPT, Edges
from tests.device.test_clock import Ticks


class Pin:
    """A pin with a pull-up: 1 while its button is up."""

    def __init__(self):
        self.level = 1

    def value(self):
        return self.level


class Bench:
    """Two buttons whose interrupts a test lets through, or not."""

    def __init__(self, levels=(1, 1)):
        self.ticks = Ticks(1000)
        self.woken = 0
        self.pins = [Pin(), Pin()]
        for pin, level in zip(self.pins, levels):
            pin.level = level
        self.edges = Edges(self.pins, self.ticks, self.wake)

    def wake(self):
        self.woken += 1

    def set(self, button, is_down):
        self.pins[button - 1].level = 0 if is_down else 1

    def interrupt(self, button):
        self.edges.handlers[button - 1](self.pins[button - 1])

    def move(self, button, is_down):
        self.set(button, is_down)
        self.interrupt(button)

    def wait(self, ms):
        self.ticks.now += ms

    def taken(self):
        found = []
        edge = self.edges.take()
        while edge:
            found.append(edge)
            edge = self.edges.take()
        return found


def test_edges_come_out_in_order_with_their_moments():
    bench = Bench()
    bench.move(2, True)
    bench.wait(100)
    bench.move(1, True)
    bench.wait(50)
    bench.move(2, False)

    assert bench.taken() == [(2, True, 1000), (1, True, 1100), (2, False, 1150)]
    assert bench.taken() == []
    assert bench.woken == 3


def test_an_edge_that_came_late_keeps_the_moment_of_its_interrupt():
    bench = Bench()
    bench.move(1, True)
    bench.wait(5000)

    assert bench.taken() == [(1, True, 1000)]


def test_a_bounce_too_quick_to_be_seen_is_two_edges_of_one_moment():
    bench = Bench()
    bench.move(1, True)
    bench.interrupt(1)

    assert bench.taken() == [(1, True, 1000), (1, False, 1000), (1, True, 1000)]


def test_a_whole_push_while_flash_erases_is_one_push_from_when_it_began():
    bench = Bench()
    bench.edges.busy(True)
    bench.set(1, True)
    bench.wait(20)
    bench.set(1, False)
    bench.interrupt(1)
    bench.edges.busy(False)

    assert bench.taken() == [(1, None, 1000)]


def test_an_interrupt_right_after_the_erase_counts_as_during_it():
    bench = Bench()
    bench.edges.busy(True)
    bench.wait(60)
    bench.edges.busy(False)
    bench.wait(2)
    bench.interrupt(2)

    assert bench.taken() == [(2, None, 1000)]


def test_a_later_interrupt_is_a_bounce_as_ever():
    bench = Bench()
    bench.edges.busy(True)
    bench.edges.busy(False)
    bench.wait(10)
    bench.interrupt(2)

    assert bench.taken() == [(2, True, 1010), (2, False, 1010)]


def test_a_button_that_is_let_go_while_flash_erases_is_no_push_however_it_bounces():
    bench = Bench()
    bench.move(1, True)
    bench.edges.busy(True)
    bench.wait(60)
    bench.move(1, False)
    bench.edges.busy(False)
    bench.wait(1)
    bench.interrupt(1)

    assert bench.taken() == [(1, True, 1000), (1, False, 1060), (1, True, 1061), (1, False, 1061)]


def test_a_button_that_goes_down_while_flash_erases_is_down():
    bench = Bench()
    bench.edges.busy(True)
    bench.wait(30)
    bench.move(1, True)
    bench.edges.busy(False)
    bench.interrupt(1)

    assert bench.taken() == [(1, True, 1030), (1, False, 1030), (1, True, 1030)]


def test_an_interrupt_that_never_came_is_made_good_by_looking():
    bench = Bench()
    bench.set(2, True)
    bench.wait(7)

    assert bench.taken() == [(2, True, 1007)]
    bench.set(2, False)
    assert bench.taken() == [(2, False, 1007)]


def test_a_full_ring_loses_the_newest_edges_and_ends_with_the_truth():
    bench = Bench()
    for _ in range(KEPT):
        bench.move(1, True)
        bench.move(1, False)
    bench.move(2, True)
    taken = bench.taken()

    assert len(taken) == KEPT + 1
    assert taken[-1] == (2, True, 1000)
    assert bench.taken() == []


def test_the_ring_goes_round():
    bench = Bench()
    for _ in range(3 * KEPT):
        bench.move(2, True)
        bench.move(2, False)
        assert [edge[:2] for edge in bench.taken()] == [(2, True), (2, False)]


def test_buttons_that_are_held_at_the_start_are_known():
    bench = Bench(levels=(0, 1))

    assert bench.edges.held == (1,)
    assert bench.taken() == []


def test_an_interrupt_allocates_nothing():
    if sys.implementation.name != "micropython":
        return
    import micropython

    bench = Bench()
    bench.edges = Edges(bench.pins, bench.ticks, Silent().wake)
    handler, pin = bench.edges.handlers[0], bench.pins[0]
    micropython.heap_lock()
    try:
        for _ in range(10):
            pin.level = 0
            handler(pin)
            handler(pin)
            pin.level = 1
            handler(pin)
    finally:
        micropython.heap_unlock()

    assert len(bench.taken()) == 40


class Silent:
    def wake(self):
        pass
