"""Every board's pins against the facts of its chip, and boards that are wrong on purpose."""

from device.boards import esp32_c6, esp32_s3, pico2_w
from device.boards.facts import CHIPS, Chip
from tests.device.boards.rules import breaches, lacks

BOARDS = (esp32_s3, esp32_c6, pico2_w)


class Changed:
    """A board with some of its pins changed."""

    def __init__(self, board, **changes):
        for name in dir(board):
            setattr(self, name, getattr(board, name))
        for name, value in changes.items():
            setattr(self, name, value)


def found(board, **changes):
    return breaches(Changed(board, **changes), CHIPS[board.CHIP])


def test_every_board_keeps_to_the_facts():
    assert [found(board) for board in BOARDS] == [[], [], []]


def test_every_chip_says_where_its_facts_were_read():
    assert [name for name in CHIPS if not CHIPS[name].read_in] == []


def test_facts_do_not_contradict_themselves():
    for chip in CHIPS.values():
        assert chip.wake <= chip.pins
        assert set(chip.adc) <= chip.pins
        assert not chip.usb & chip.memory


def test_a_button_that_cannot_wake_the_box_is_found():
    assert found(esp32_s3, BUTTONS=(4, 5, 6, 7, 38)) == ["BUTTONS 38: cannot wake the chip"]
    assert found(esp32_c6, BUTTONS=(1, 2, 3, 6, 15)) == [
        "BUTTONS 15: decides how the chip starts",
        "BUTTONS 15: cannot wake the chip",
    ]


def test_a_mains_box_needs_no_pin_that_wakes():
    assert found(pico2_w, BUTTONS=(2, 3, 4, 5, 22)) == []


def test_a_strapping_pin_is_found_unless_somebody_argues_for_it():
    argued = {45: "low while the lamp is off, which is what flash at 3.3 V wants"}

    assert found(esp32_s3, SERVICE_LAMP=45) == ["SERVICE_LAMP 45: decides how the chip starts"]
    assert found(esp32_s3, SERVICE_LAMP=45, STRAPPING_ARGUED=argued) == []


def test_a_pin_used_twice_is_found():
    assert found(esp32_s3, BUZZER=9) == ["9 is used 2 times"]


def test_a_battery_on_a_pin_that_measures_nothing_is_found():
    assert found(esp32_s3, BATTERY=21) == ["BATTERY 21: measures nothing"]


def test_a_battery_on_the_radios_converter_is_found():
    assert found(esp32_s3, BATTERY=17) == ["BATTERY 17: is on the converter that the radio uses"]


def test_a_battery_box_without_a_battery_pin_is_found():
    assert found(esp32_c6, BATTERY=None) == ["a battery box must know its battery"]


def test_pins_of_usb_flash_and_radio_are_found():
    assert found(esp32_s3, BUZZER=19) == ["BUZZER 19: belongs to USB"]
    assert found(esp32_c6, BUZZER=27) == ["BUZZER 27: belongs to flash"]
    assert found(esp32_s3, BUZZER=35) == ["BUZZER 35: belongs to flash"]
    assert found(pico2_w, BUZZER=25) == ["BUZZER 25: belongs to the radio"]


def test_pins_that_are_not_there_are_found():
    assert found(esp32_s3, BUZZER=22) == ["BUZZER 22: not led out"]
    assert found(esp32_c6, BUZZER=14) == ["BUZZER 14: not led out"]


def test_a_lamp_on_a_pin_that_can_only_read_is_found():
    chip = CHIPS["esp32-s3"]
    reading = Chip(*chip[:3], frozenset((9,)), *chip[4:])

    assert breaches(esp32_s3, reading) == ["LAMPS 9: can only read"]


def test_a_button_without_a_lamp_is_found():
    assert found(esp32_s3, LAMPS=(9, 10, 11, 12)) == ["a lamp for each button"]


def test_an_esp32_c3_has_too_few_pins_for_the_box():
    fitting = {name: lacks(CHIPS[name]) for name in ("esp32-s3", "esp32-c6", "esp32-c3")}

    assert fitting["esp32-s3"] == []
    assert fitting["esp32-c6"] == []
    assert fitting["esp32-c3"] == ["a pin for the battery beside the buttons", "pins for lamps and buzzer"]


def partitions():
    """Return (name, type, offset, size) of every line of the battery boards' partition table."""
    found = []
    with open("device/boards/partitions_4mib.csv") as file:
        for line in file.read().split("\n"):
            if line and not line.startswith("#"):
                name, kind, _, offset, size = [field.strip() for field in line.split(",")]
                found.append((name, kind, int(offset, 16), int(size, 16)))
    return found


def test_partitions_touch_but_never_overlap_and_end_with_the_flash():
    ends = [offset + size for _, _, offset, size in partitions()]

    assert [offset for _, _, offset, _ in partitions()] == [0x9000] + ends[:-1]
    assert ends[-1] == 4 * 1024 * 1024


def test_the_outbox_has_a_partition_of_its_own_in_whole_blocks():
    name, kind, offset, size = partitions()[-1]

    assert (name, kind, size % 4096, offset % 4096) == (esp32_s3.PARTITION, "data", 0, 0)
    assert size // 4096 == 64
    assert esp32_c6.PARTITION == esp32_s3.PARTITION
