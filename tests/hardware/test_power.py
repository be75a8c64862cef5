"""The power model against what others have measured as a whole, and against the firmware's own months."""

import json

import pytest

from device.boards import esp32_s3
from hardware import battery_box, power
from hardware.power import AWAKE_MA, DHCP_MC, MOUNT_MC, RADIO_MA, STATED_ERROR, STOCK_WAKE_MC
from tests.run_months import begin

# glenn20, upy-esp32-experiments, "ESPNow vs Wifi energy usage": by DHCP and then an HTTP post, and by DHCP alone.
HTTP_MC, HTTP_MS, DHCP_MS = 341.3, 2928, 1626
# The same, "Optimising Micropython boot time", ESP32-S3: check of the image, NVS, PSRAM, and a start without them.
VALIDATION_MC, NVS_MC, PSRAM_MC, FAST_BOOT_MC = 14.2, 0.57, 0.71, 1.82
# pokewithastick.net, "Battery lifespan test complete": by a profiler "8 and-a-bit months", in truth 7 months, 26 days.
RECKONED_DAYS, LASTED_DAYS = 8.3 * 30.4, 7 * 30.4 + 26


def within_stated(found, measured):
    return abs(found / measured - 1) <= STATED_ERROR


def test_a_connection_with_a_post_costs_what_was_measured():
    found = DHCP_MC.value + RADIO_MA.value * (HTTP_MS - DHCP_MS) / 1000

    assert within_stated(found, HTTP_MC)


def test_a_start_of_stock_firmware_is_the_sum_of_its_measured_parts():
    assert within_stated(FAST_BOOT_MC + VALIDATION_MC + NVS_MC + PSRAM_MC + MOUNT_MC.value, STOCK_WAKE_MC.value)


def test_a_cell_lasts_as_long_as_one_did_that_somebody_waited_for():
    current_ua = power.LI_ION.mah * power.LI_ION.usable * 1000 / 24 / RECKONED_DAYS

    assert within_stated(power.days(current_ua), LASTED_DAYS)


def test_a_cell_that_loses_ten_times_as_much_is_caught():
    leaking = power.LI_ION._replace(lost_a_month=0.25)
    current_ua = leaking.mah * leaking.usable * 1000 / 24 / RECKONED_DAYS

    assert not within_stated(power.days(current_ua, leaking), LASTED_DAYS)


def test_a_radio_that_costs_nothing_is_caught():
    assert not within_stated(DHCP_MC.value, HTTP_MC)


def test_everything_on_the_battery_that_never_sleeps_is_in_the_model():
    made = battery_box.assembly(esp32_s3)
    fed = {pin.split(".")[0] for net in ("BATTERY", "SYSTEM", "3V3", "CELL") for pin in made.nets[net]}

    # Ceramic capacitors leak nanoamperes; the fuse only conducts; pull-ups carry current while a button is held.
    passive = {ref for ref in fed if made.parts[ref].startswith(("c22", "c1", "r1")) or made.parts[ref] == "fuse"}
    assert fed - passive == set(power.ASLEEP) - {"R12"}
    assert "R12" in fed


def test_the_lamp_draws_what_the_table_of_parts_gives():
    made = battery_box.assembly(esp32_s3)

    current_ma = (3.3 - made.part("SW1").value) / made.part("R6").value * 1000
    assert current_ma == pytest.approx(power.LAMP_MA.value, abs=0.05)


def test_the_divider_draws_what_the_table_of_parts_gives():
    made = battery_box.assembly(esp32_s3)

    current_ua = 3.7e6 / (made.part("R12").value + made.part("R13").value)
    assert current_ua == pytest.approx(power.ASLEEP["R12"].value, abs=0.06)


def test_a_schedule_agrees_with_the_months_that_the_firmware_led(tmp_path):
    process = begin(300, 14, str(tmp_path))
    led = json.loads(process.communicate(timeout=120)[0].splitlines()[-1])

    day = power.schedule(led["pressed"] // led["days"], led["connections"] // led["days"])
    assert day.current_ua(power.DAY_MS) == pytest.approx(led["mean_current_ua"][""], rel=0.2)
    assert led["lost"] == 0


def test_more_presses_cold_and_stock_firmware_shorten_the_life():
    few, many = (power.schedule(presses, 10) for presses in (100, 1000))
    lives = [life.current_ua(power.DAY_MS) for life in (few, many)]

    assert lives[0] < lives[1]
    assert power.days(lives[1], celsius=0) < power.days(lives[1], celsius=20)
    assert power.days(lives[0], celsius=40) < power.days(lives[0], celsius=20)
    assert few.current_ua(power.DAY_MS, STOCK_WAKE_MC) > lives[0]


@pytest.mark.parametrize(("celsius", "share"), [(-40, 0.7), (0, 0.85), (5, 0.9), (20, 1.0), (80, 1.0)])
def test_the_capacity_follows_the_temperature(celsius, share):
    assert power.capacity(celsius) == pytest.approx(share)


def test_every_figure_has_a_source():
    assert [name for name, fact in power.facts().items() if len(fact.source) < 10 or fact.value <= 0] == []
    assert AWAKE_MA.value > power.DOZING_MA.value
