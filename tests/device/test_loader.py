"""Which app slot runs: the chosen one when it proves itself, else the other."""

import os

from device import loader
from tests.device.place import FOLDER

ROOT = FOLDER + "/slots/"


def emptied(path):
    """Remove all that is below a directory, and make it anew."""
    try:
        for name in os.listdir(path):
            try:
                os.remove(path + "/" + name)
            except OSError:
                emptied(path + "/" + name)
                os.rmdir(path + "/" + name)
    except OSError:
        os.mkdir(path)


def board(*slots):
    """Return the root of a board that has apps in these slots."""
    emptied(ROOT[:-1])
    for slot in slots:
        os.mkdir(ROOT + "app_" + slot)
        os.mkdir(ROOT + "app_" + slot + "/device")
    return ROOT


def starts(root, count):
    return [loader.choose(root) for _ in range(count)]


def test_a_box_that_was_never_updated_runs_what_it_has_and_writes_nothing():
    assert starts(board("a"), 5) == ["a"] * 5
    assert starts(board("b"), 5) == ["b"] * 5
    assert os.listdir(ROOT) == ["app_b"]


def test_a_new_app_that_never_proves_itself_gives_way_to_the_old_one_for_good():
    root = board("a", "b")
    loader.switch(root, "b")

    assert starts(root, 6) == ["b", "b", "b", "a", "a", "a"]


def test_a_new_app_that_proves_itself_stays():
    root = board("a", "b")
    loader.switch(root, "b")
    loader.choose(root)
    loader.prove(root)

    assert starts(root, 6) == ["b"] * 6


def test_a_new_app_that_goes_to_sleep_in_order_is_not_counted_down():
    root = board("a", "b")
    loader.switch(root, "b")
    for _ in range(10):
        assert loader.choose(root) == "b"
        loader.rest(root)

    assert not loader.pointer(root)["is_proven"]


def test_a_slot_without_an_app_is_never_chosen():
    root = board("a")
    loader.switch(root, "b")

    assert starts(root, 3) == ["a"] * 3


def test_the_only_app_runs_however_often_it_fails():
    root = board("b")
    loader.switch(root, "b")

    assert starts(root, 10) == ["b"] * 10


def test_a_proven_app_costs_no_write():
    root = board("a", "b")
    loader.point(root, "b", is_proven=True)
    os.mkdir(root + loader.POINTER + ".new")

    assert starts(root, 3) == ["b"] * 3
    loader.prove(root)
    loader.rest(root)


def test_a_file_system_that_takes_nothing_keeps_no_box_from_starting():
    root = board("a", "b")
    loader.switch(root, "b")
    os.mkdir(root + loader.POINTER + ".new")

    assert starts(root, 5) == ["b"] * 5


def test_a_pointer_that_cannot_be_read_means_the_first_app():
    for text in ("", "{", "[]", "7", '{"slot": "c", "is_proven": 1, "tries": 0}', '{"slot": "b"}', '{"slot": null}'):
        root = board("a", "b")
        with open(root + loader.POINTER, "w") as file:
            file.write(text)

        assert loader.choose(root) == "a"
