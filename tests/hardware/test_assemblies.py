"""Every table of parts, pins and nets, and tables that are wrong on purpose."""

import pytest

from device.boards import esp32_c6, esp32_s3, pico2_w
from device.boards.facts import CHIPS
from hardware import battery_box, kiosk_stand, mains_box
from hardware.assemblies import assemblies
from hardware.catalogue import CATALOGUE
from tests.hardware import wrong
from tests.hardware.rules import volts, wrongs

ASSEMBLIES = {made.key: made for made in assemblies()}


def broken(change, board=esp32_s3):
    made = battery_box.assembly(board)
    change(made)
    return wrongs(made)


@pytest.mark.parametrize("key", ASSEMBLIES)
def test_the_table_can_be_built(key):
    assert wrongs(ASSEMBLIES[key]) == []


@pytest.mark.parametrize("board", [esp32_s3, esp32_c6])
def test_the_pins_are_the_firmwares(board):
    made = battery_box.assembly(board)

    found = [made.net_of(f"U1.IO{pin}") for pin in (*board.BUTTONS, *board.LAMPS, board.BATTERY, board.BUZZER)]
    buttons, lamps = ([f"{name}{number}" for number in range(1, 6)] for name in ("BUTTON", "LAMP"))
    assert found == [*buttons, *lamps, "BATTERY_SENSE", "BUZZER"]


def test_the_mains_box_has_the_firmwares_pins_and_needs_no_pin_that_wakes():
    made = mains_box.assembly()

    assert [made.net_of(f"U1.GP{pin}") for pin in pico2_w.BUTTONS] == [f"BUTTON{number}" for number in range(1, 6)]
    assert made.net_of("U1.GP12") == "SERVICE_LAMP"


def test_a_button_on_a_pin_that_cannot_wake_the_chip_is_caught():
    assert wrongs(wrong.button_on_a_pin_that_cannot_wake()) == ["BUTTONS 38: cannot wake the chip"]


def test_a_lamp_without_its_resistor_is_caught():
    assert wrongs(wrong.lamp_without_resistor()) == ["SW1.LED+ has no resistor"]


def test_a_resistor_that_is_soldered_but_not_bought_is_caught():
    assert "R6: no part r999 in the catalogue" in broken(lambda made: made.parts.update(R6="r999"))


def test_a_pin_in_two_nets_is_caught():
    assert broken(lambda made: made.join("BUZZER", "U1.IO4")) == ["U1.IO4 is joined 2 times"]


def test_a_net_with_one_end_is_caught():
    found = broken(lambda made: made.nets["SOUNDER"].remove("BZ1.1"))

    assert found[:2] == ["net SOUNDER ends at R15.2", "BZ1.1 is joined to nothing"]


def test_a_wire_that_ends_at_the_wrong_pin_is_caught():
    found = broken(lambda made: made.cable("W9", "J1", "SW1", 100, ("1", "LED+", "WH")))

    assert found == ["W9: J1.1 is in BUTTON1, SW1.LED+ in RING1"]


def test_a_cell_that_is_drawn_the_wrong_way_round_is_caught():
    assert broken(lambda made: made.row("cell", ("BT1", "-", "+"))) == ["BT1 is drawn the wrong way round"]


def test_neighbours_that_are_drawn_joined_and_are_not_are_caught():
    found = broken(lambda made: made.row("lamp", ("R6", "1", "2"), ("SW2", "LED+", "LED-")))

    assert found == ["lamp: R6.2 and SW2.LED+ are drawn joined"]


def test_a_wire_that_nobody_laid_is_caught():
    found = broken(lambda made: made.cables.remove(next(each for each in made.cables if each.name == "W14")))

    assert found == ["net BATTERY: no wire joins A1 and board"]


def test_five_volts_at_a_pin_are_caught():
    def solder(made):
        made.between("R99", "r10k", "VBUS", "BUTTON1")
        made.row("a mistake", ("R99", "1", "2"))
        made.cable("W99", "A1", "R99", 100, ("VBUS", "1", "VT"))

    assert broken(solder)[0] == "U1.IO4 gets up to 5.07 V"


def test_a_battery_without_its_divider_is_caught():
    def bridge(made):
        made.nets["BATTERY"] += made.nets.pop("BATTERY_SENSE")

    assert "U1.IO1 gets up to 4.20 V" in broken(bridge)


def test_a_divider_of_other_resistors_is_caught():
    found = broken(lambda made: made.parts.update(R12="r100k"))

    assert found == ["U1.IO1 gets up to 3.82 V", "the battery is divided by 1.10, the firmware reckons with 2.0"]


def test_a_lamp_that_is_too_dim_is_caught():
    assert broken(lambda made: made.parts.update(R6="r10k")) == ["SW1.LED+ draws 0.1 mA"]


def test_a_button_without_its_pull_up_is_caught():
    assert broken(lambda made: made.parts.update(R1="r680")) == ["BUTTON1 has no pull-up of 47 to 220 kilohms"]


def test_a_pin_that_the_firmware_does_not_know_is_caught():
    found = broken(lambda made: made.join("SYSTEM", "U1.IO21"))

    assert found == ["U1.IO21 gets up to 4.40 V", "U1.IO21 is wired but the firmware does not know it"]


def test_kiosk_keys_stand_on_pins_of_their_own():
    pins = [pin for pin, _ in kiosk_stand.KEYS.values()] + [pin for pin, _ in kiosk_stand.SOUND.values()]

    assert len(set(pins)) == len(pins)
    assert len(kiosk_stand.KEYS) == 5


def test_a_kiosk_key_on_the_screens_pins_is_caught(monkeypatch):
    monkeypatch.setitem(kiosk_stand.KEYS, "left", (2, 105))

    assert wrongs(kiosk_stand.assembly()) == ["GPIO2 is not to be had"]


def test_the_battery_is_halved_before_it_reaches_the_chip():
    assert volts(battery_box.assembly(esp32_c6), "BATTERY_SENSE") == pytest.approx(2.1)


def test_every_part_has_a_number_and_gets_no_dearer_by_the_hundred():
    assert [key for key, part in CATALOGUE.items() if not part.number or list(part.eur) != sorted(part.eur)[::-1]] == []


@pytest.mark.parametrize(("module", "chip"), [("module_s3", "esp32-s3"), ("module_c6", "esp32-c6")])
def test_the_modules_pins_are_pins_of_the_chip(module, chip):
    facts = CHIPS[chip]
    led_out = {int(pin[2:]) for pin in CATALOGUE[module].pins if pin.startswith("IO")}

    # The serial port's two pins have names of their own; an S3 without PSRAM leads out three pins of its memory.
    assert led_out <= facts.pins - facts.absent
    assert led_out & facts.memory <= {35, 36, 37}
    assert facts.usb <= led_out


@pytest.mark.parametrize("board", [esp32_s3, esp32_c6])
def test_the_usb_wires_go_to_the_chips_own_usb(board):
    made = battery_box.assembly(board)

    pins = {int(made.nets[net][0].removeprefix("U1.IO")) for net in ("USB_DN", "USB_DP")}
    assert pins == CHIPS[board.CHIP].usb
