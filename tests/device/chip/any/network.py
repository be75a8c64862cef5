"""A Wi-Fi station with access points around it; whether it gets in is the test's choice."""

STA_IF = 0

around = [(b"clinic", b"far", 6, -80, 3, 0), (b"other", b"nearest", 1, -30, 3, 0), (b"clinic", b"near", 11, -60, 3, 0)]
lets_in = True
calls = []


def country(code):
    calls.append(("country", code))


class WLAN:
    def __init__(self, interface):
        self.is_active = False
        self.is_connected = False

    def active(self, *is_active):
        if is_active:
            self.is_active = is_active[0]
        return self.is_active

    def isconnected(self):
        return self.is_connected

    def connect(self, ssid, password, bssid=None):
        calls.append(("connect", ssid, bssid))
        self.is_connected = lets_in

    def disconnect(self):
        calls.append(("disconnect",))
        self.is_connected = False

    def ifconfig(self, addresses):
        calls.append(("ifconfig", addresses))

    def scan(self):
        calls.append(("scan",))
        return around

    def status(self, what):
        assert what == "rssi"
        return -61
