"""Half an export looks like an export, so there is none."""

import pytest

from server.exports import whole


def pieces():
    yield b"half"
    raise OSError("disk full")


def test_a_file_that_fails_half_way_is_not_there(tmp_path):
    with pytest.raises(OSError, match="disk full"):
        whole.write(tmp_path / "a.csv", pieces())

    assert list(tmp_path.iterdir()) == []


def test_the_file_of_before_stays_when_a_new_one_fails(tmp_path):
    target = tmp_path / "a.csv"
    whole.write(target, [b"old"])
    with pytest.raises(OSError, match="disk full"):
        whole.write(target, pieces())

    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a.csv", b"old")]


def test_a_file_that_cannot_be_begun_is_called_by_its_own_name(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"nowhere/a\.csv'$"):
        whole.write(tmp_path / "nowhere" / "a.csv", [b""])
