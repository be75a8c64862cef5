"""A chip that a test holds in its hands: what the firmware does to it is noted, what a person does to it is a call."""

PWRON_RESET, HARD_RESET, WDT_RESET, DEEPSLEEP_RESET, SOFT_RESET = 1, 2, 3, 4, 5

cause = PWRON_RESET
woke = ()
memory = b""
microvolts = 2000000
fed = []
made = {}
events = []


class Off(BaseException):
    """The chip sleeps or starts anew; what it was asked for is in `events`."""


class Pin:
    """One object for each pin, as on a chip."""

    IN, OUT, PULL_UP, IRQ_FALLING, IRQ_RISING = "in", "out", "up", 1, 2
    mode = None

    def __new__(cls, number, *configuration, value=None):
        if number not in made:
            made[number] = object.__new__(cls)
            made[number].level = 1
            made[number].handler = None
        return made[number]

    def __init__(self, number, mode=None, pull=None, value=None):
        self.number = number
        self.mode = mode or self.mode
        self.pull = pull
        if value is not None:
            self.level = value

    def value(self, *level):
        if level:
            assert self.mode == Pin.OUT
            self.level = 1 if level[0] else 0
        return self.level

    def irq(self, handler=None, trigger=0):
        self.handler = handler

    def push(self, is_down):
        """What a finger does; a chip then calls the handler."""
        self.level = 0 if is_down else 1
        if self.handler:
            self.handler(self)


class ADC:
    ATTN_11DB = 3

    def __init__(self, pin, atten=None):
        assert atten == ADC.ATTN_11DB  # else all above about 1 V reads the same

    def read_uv(self):
        return microvolts


class PWM:
    def __init__(self, pin, freq, duty_u16):
        events.append(("buzzer", pin.number, freq))

    def deinit(self):
        events.append(("buzzer", 0, 0))


class WDT:
    def __init__(self, timeout):
        events.append(("watchdog", timeout))

    def feed(self):
        fed.append(1)


class RTC:
    def datetime(self, moment):
        events.append(["calendar", moment])

    def memory(self, *data):
        global memory
        if data:
            assert len(data[0]) <= 2048
            memory = data[0]
        return memory


def reset_cause():
    return cause


def wake_pins():
    return woke


def unique_id():
    return b"\x01\x02\x03\x04\x05\x06"


def deepsleep(duration_ms):
    events.append(("deepsleep", duration_ms))
    raise Off


def reset():
    events.append(("reset",))
    raise Off
