"""What makes a table of pins impossible on its chip."""

OUTPUTS = ("LAMPS", "SERVICE_LAMP", "BUZZER")
INPUTS = ("BUTTONS", "SERVICE_BUTTON", "BATTERY")
FEWEST_OUTPUTS = 7  # a lamp in each of five buttons, the service lamp, the buzzer


def uses(board):
    """Return (purpose, pin) for every pin that a board uses."""
    found = []
    for purpose in INPUTS + OUTPUTS:
        value = getattr(board, purpose)
        pins = value if isinstance(value, tuple) else () if value is None else (value,)
        found += [(purpose, pin) for pin in pins]
    return found


def breaches(board, chip):
    """Return a line for everything about a board that its chip cannot do or should not be asked for."""
    found = []
    for purpose, pin in uses(board):
        found += [f"{purpose} {pin}: {why}" for why in unfit(purpose, pin, board, chip)]
    pins = [pin for _, pin in uses(board)]
    found += [f"{pin} is used {pins.count(pin)} times" for pin in sorted(set(pins)) if pins.count(pin) > 1]
    if len(board.LAMPS) != len(board.BUTTONS):
        found.append("a lamp for each button")
    if board.IS_BATTERY and board.BATTERY is None:
        found.append("a battery box must know its battery")
    return found


def unfit(purpose, pin, board, chip):
    """Yield every reason against one pin."""
    if pin not in chip.pins or pin in chip.absent:
        yield "not led out"
    for taken, by in ((chip.usb, "USB"), (chip.memory, "flash"), (chip.radio, "the radio")):
        if pin in taken:
            yield "belongs to " + by
    if pin in chip.strapping and pin not in board.STRAPPING_ARGUED:
        yield "decides how the chip starts"
    if pin in chip.input_only and purpose in OUTPUTS:
        yield "can only read"
    if purpose == "BUTTONS" and board.IS_BATTERY and pin not in chip.wake:
        yield "cannot wake the chip"
    if purpose == "BATTERY":
        yield from unfit_for_battery(pin, chip)


def unfit_for_battery(pin, chip):
    if pin not in chip.adc:
        yield "measures nothing"
    elif chip.adc[pin][0] == 2:
        yield "is on the converter that the radio uses"


def lacks(chip, buttons=5):
    """Return why no battery box of so many illuminated buttons can be built on a chip, or nothing."""
    free = chip.pins - chip.absent - chip.usb - chip.memory - chip.radio - chip.strapping
    measuring = {pin for pin in free & set(chip.adc) if chip.adc[pin][0] == 1}
    waking = free & chip.wake
    found = []
    if len(waking) < buttons:
        found.append("pins that wake")
    # The battery may stand on a pin that no button wants; only what is left then counts.
    if not measuring or len(waking | measuring) < buttons + 1:
        found.append("a pin for the battery beside the buttons")
    if len(free) < buttons + 1 + FEWEST_OUTPUTS + 1:
        found.append("pins for lamps and buzzer")
    return found
