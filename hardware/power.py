"""How long a cell lasts: currents and charges that others have measured or promised, times what a box really did.

Runs on both Pythons: `make months` leads boxes in virtual time on MicroPython and counts with this module. Nothing in
it was measured on a box of ours; every figure names where it is from, and says so when nobody has read it there.
"""

import math
from collections import namedtuple

Fact = namedtuple("Fact", ("value", "unit", "source"))
Cell = namedtuple("Cell", ("name", "mah", "usable", "lost_a_month", "source"))
"""`usable` is the share that is left above the regulator's limit, `lost_a_month` the share that discharges itself."""

GLENN20 = "glenn20, upy-esp32-experiments, by a Power Profiler Kit II: "

ASLEEP = {
    "U1": Fact(8.0, "uA", "lucidar.me measured it of an ESP32-S3-DevKitM-1; the data sheet was not read"),
    "U2": Fact(2.0, "uA", "Richtek DS9080-00, page 1"),
    "R12": Fact(1.9, "uA", "3.7 V over two megohms"),
    "A1": Fact(6.5, "uA", "TI bq24074 data sheet, highest current out of the battery without input; not read"),
    "BT1": Fact(4.0, "uA", "the protection of the cell, like TI BQ2970; not read, and other cells differ"),
}
"""What is never switched off, by the reference in the battery box's table."""

TUNED_WAKE_MC = Fact(3.32, "mC", GLENN20 + "ESP32, app frozen into the firmware, no check of the image, no file system")
STOCK_WAKE_MC = Fact(41.3, "mC", GLENN20 + "ESP32-S3, stock MicroPython, an empty main.py, as a whole")
MOUNT_MC = Fact(23.6, "mC", GLENN20 + "from _boot.py to main.py: the mount of the file system")
STATIC_MC = Fact(108.6, "mC", GLENN20 + "wake, known access point, static address, one MQTT message")
DHCP_MC = Fact(204.3, "mC", GLENN20 + "wake, access point, address by DHCP")
RADIO_MA = Fact(95.0, "mA", "ESP32 series data sheet, 95 to 100 mA while receiving; not read")
AWAKE_MA = Fact(31.7, "mA", "lucidar.me, ESP32-S3-DevKitM-1 at 3.3 V, awake without radio")
DOZING_MA = Fact(0.24, "mA", "ESP32-S3 series data sheet, light sleep; not read")
LAMP_MA = Fact(1.9, "mA", "3.3 V less 2.0 V over 680 ohms, as in the table of parts")

STATED_ERROR = 0.15
"""How far the model may be from what somebody has measured as a whole; tests hold it to such measurements."""

LI_ION = Cell("18650 Li-ion", 3250, 0.8, 0.025, "capacity: lowest of an NCR18650B; self-discharge 2 to 3 % a month: "
              "David Darling's encyclopedia; usable share: an estimate, to 3.5 V")  # fmt: skip
ALKALINE = Cell("2xAA alkaline, at 3.3 V", 1640, 1.0, 0.002, "an estimate: 2,500 mAh at 2.4 V, converter at 90 %")

WARMTH = ((-10.0, 0.7), (0.0, 0.85), (10.0, 0.95), (20.0, 1.0), (60.0, 1.0))
"""Share of the capacity by temperature in degrees: an estimate after the curves that makers of Li-ion cells print."""

LIT_MS = 1700
"""How long a press keeps the box awake, and a connection the radio: what `make months` shows, without its outages."""

ON_AIR_MS = 2000
DAY_MS = 86400000
DAYS_A_MONTH = 30.4


def asleep_ua() -> float:
    total: float = sum([fact.value for fact in ASLEEP.values()])
    return total


class Life:
    """Counts what a box did; all in milliseconds and times."""

    def __init__(self) -> None:
        self.asleep_ms = 0
        self.lit_ms = 0
        self.radio_ms = 0
        self.wakes = 0
        self.known_joins = 0
        self.fresh_joins = 0

    def charge_mc(self, wake: Fact = TUNED_WAKE_MC, dozes: bool = False) -> float:
        """Return the charge of it all in millicoulombs."""
        joins_mc = self.known_joins * STATIC_MC.value + self.fresh_joins * DHCP_MC.value
        lit_ma = LAMP_MA.value + (DOZING_MA if dozes else AWAKE_MA).value
        lit_mc = (self.lit_ms * lit_ma + self.radio_ms * RADIO_MA.value) / 1000
        charge: float = self.wakes * wake.value + joins_mc + lit_mc + self.asleep_ms * asleep_ua() / 1e6
        return charge

    def current_ua(self, lasted_ms: int, wake: Fact = TUNED_WAKE_MC, dozes: bool = False) -> float:
        """Return the mean current in microamperes."""
        return self.charge_mc(wake, dozes) / lasted_ms * 1e6


def schedule(presses: int, connections: int) -> Life:
    """Return one day of so many presses and connections, without outages and power cuts."""
    life = Life()
    life.lit_ms, life.radio_ms = presses * LIT_MS, connections * ON_AIR_MS
    life.asleep_ms = DAY_MS - life.lit_ms - life.radio_ms
    life.wakes, life.known_joins = presses + connections, connections
    return life


def capacity(celsius: float) -> float:
    """Return the share of its capacity that a Li-ion cell gives at a temperature."""
    below = [point for point in WARMTH if point[0] <= celsius] or [WARMTH[0]]
    above = [point for point in WARMTH if point[0] >= celsius] or [WARMTH[-1]]
    (low, share), (high, more) = below[-1], above[0]
    return share if high == low else share + (more - share) * (celsius - low) / (high - low)


def days(current_ua: float, cell: Cell = LI_ION, celsius: float = 20.0) -> int:
    """Return how many days a cell lasts that discharges itself, twice as fast for every ten degrees above 20."""
    charge_mah = cell.mah * cell.usable * capacity(celsius)
    lost_a_day = cell.lost_a_month / DAYS_A_MONTH * 2 ** ((celsius - 20) / 10)
    without_loss = charge_mah * 1000 / current_ua / 24
    return int(math.log(1 + lost_a_day * without_loss) / lost_a_day)


def facts() -> "dict[str, Fact]":
    """Return every figure with its source, by what it is of."""
    named = {"asleep, " + ref: fact for ref, fact in ASLEEP.items()}
    return named | {
        "wake, tuned firmware": TUNED_WAKE_MC,
        "wake, stock firmware": STOCK_WAKE_MC,
        "of it the file system": MOUNT_MC,
        "connection, static address": STATIC_MC,
        "connection, DHCP": DHCP_MC,
        "radio on": RADIO_MA,
        "awake": AWAKE_MA,
        "light sleep": DOZING_MA,
        "lamp": LAMP_MA,
    }
