"""The chances of a fleet: the same on both Pythons, every time."""

from device.fleet import Chance, presses


def test_the_same_name_has_the_same_chances_and_another_has_others():
    first, again, other = Chance("1box-000001"), Chance("1box-000001"), Chance("1box-000002")
    drawn = [first.urandom(4) for _ in range(3)]

    assert drawn == [again.urandom(4) for _ in range(3)]
    assert len(set(drawn)) == 3
    assert drawn[0] != other.urandom(4)


def test_boxes_have_as_many_visitors_as_the_plan_says_on_average_and_few_boxes_have_most_of_them():
    days = sorted([presses(12, Chance("box" + str(number))) for number in range(2000)])

    assert 11 * len(days) < sum(days) < 13 * len(days)
    assert sum(days[-500:]) > sum(days) // 2


def test_a_fleet_without_visitors_has_none():
    assert presses(0, Chance("box")) == 0
