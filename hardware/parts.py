"""What one says of a part: pins, price, and where each fact about it was read."""

from dataclasses import dataclass

PRICED = "2026-11-22, an estimate and no quotation: nobody has asked a supplier; whoever orders asks three"
NOT_READ = ""
"""Given from memory: nobody has held it beside the maker's catalogue yet."""


@dataclass(frozen=True)
class Part:
    """`eur` is the price of one without VAT in an order for 1, 10 and 100 boxes; `size` in mm, as it lies."""

    name: str
    number: str
    eur: tuple[float, float, float]
    pins: tuple[str, ...] = ()
    free: tuple[str, ...] = ()  # pins that may stay open
    value: float = 0.0  # ohms, farads or volts
    size: tuple[float, float, float] = (0.0, 0.0, 0.0)
    instead: str = "-"
    read_in: str = NOT_READ


def io_pins(*ranges: tuple[int, int]) -> tuple[str, ...]:
    return tuple(f"IO{pin}" for first, last in ranges for pin in range(first, last + 1))


def gp_pins(last: int) -> tuple[str, ...]:
    return tuple(f"GP{pin}" for pin in range(last + 1) if pin not in range(23, 26))


TWO = ("1", "2")
S3_IO = io_pins((0, 18), (21, 21), (38, 42), (45, 48))
C6_IO = io_pins((0, 11), (15, 15), (18, 23))
USB_S3, USB_C6 = ("IO19", "IO20"), ("IO12", "IO13")
PI_IO = tuple(f"GPIO{pin}" for pin in range(2, 28))


def resistor(ohms: float, code: str) -> Part:
    return Part(
        f"resistor {code}, 1 %, 0.25 W",
        f"Yageo MFR-25FBF52-{code}",
        (0.10, 0.04, 0.02),
        TWO,
        value=ohms,
        instead="any metal film",
    )


def capacitor(farads: float, text: str, number: str, eur: tuple[float, float, float]) -> Part:
    return Part(
        f"capacitor {text}, ceramic, 10 V or more",
        number,
        eur,
        TWO,
        value=farads,
        instead="any X7R or X5R; no electrolytic, it leaks",
    )
