"""What a life costs a battery: charges that others have measured, times what the box really did.

| | charge or current | source |
|---|---|---|
| deep sleep | 10 uA | ESP32-S3 series data sheet: 8 uA with timer and RTC memory; 2 uA for the regulator |
| wake, frozen fast boot | 3.32 mC | glenn20, upy-esp32-experiments, "ESPNow vs Wifi energy usage" |
| mount of a file system | 23.6 mC | the same |
| connection: static address, MQTT, known access point | 108.6 mC | the same |
| connection: address by DHCP | 204.3 mC | the same |
| a second with the radio on | 95 mC | ESP32 series data sheet: 95 to 100 mA while receiving |
| a second with a lamp, radio off | 22 mC | ESP32-S3 series data sheet: 20 mA, idle at 80 MHz; an LED at 2 mA |
| the same in light sleep, which the hal does not do yet | 2.24 mC | the same: 240 uA |
| 18650 | 2,600 mAh | assumed: four fifths of 3,250 mAh, to a low-dropout regulator's limit; no self-discharge |
| 2xAA | 1,640 mAh at 3.3 V | assumed: two of 2,500 mAh at 2.4 V on average, converter at 90 %; no self-discharge |
"""

DEEP_SLEEP_UA = 10
WAKE_MC = 3.32
MOUNT_MC = 23.6
STATIC_MC = 108.6
DHCP_MC = 204.3
RADIO_MA = 95
DOZING_MA = 2.24
IDLE_MA = 22
MAH_18650 = 2600
MAH_2XAA = 1640
DAY_MS = 86400000


class Life:
    """Counts what the box did; all in milliseconds and times."""

    def __init__(self):
        self.asleep_ms = 0
        self.lit_ms = 0
        self.radio_ms = 0
        self.wakes = 0
        self.known_joins = 0
        self.fresh_joins = 0

    def charge_mc(self, mounts=False, dozes=False):
        """Return the charge of it all in millicoulombs."""
        wakes_mc = self.wakes * (WAKE_MC + (MOUNT_MC if mounts else 0))
        joins_mc = self.known_joins * STATIC_MC + self.fresh_joins * DHCP_MC
        lit_mc = self.lit_ms / 1000 * (DOZING_MA if dozes else IDLE_MA)
        asleep_mc = self.asleep_ms / 1000 * DEEP_SLEEP_UA / 1000
        return asleep_mc + wakes_mc + joins_mc + lit_mc + self.radio_ms / 1000 * RADIO_MA

    def current_ua(self, lasted_ms, mounts=False, dozes=False):
        """Return the mean current in microamperes."""
        return self.charge_mc(mounts, dozes) / (lasted_ms / 1000) * 1000


def days(current_ua, mah):
    """Return how many days a battery lasts."""
    return int(mah * 1000 / current_ua / 24)
