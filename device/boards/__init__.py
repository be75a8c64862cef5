"""The boards that a box is built on: a module of pin numbers for each."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def of_machine(machine: str) -> "Any":
    """Return the board for what MicroPython says it runs on, as in `sys.implementation`; ValueError: none of ours."""
    # Only one is imported: the others would take memory for nothing.
    if "ESP32S3" in machine:
        from device.boards import esp32_s3  # noqa: PLC0415  # as above

        return esp32_s3
    if "ESP32C6" in machine:
        from device.boards import esp32_c6  # noqa: PLC0415  # as above

        return esp32_c6
    if "Pico 2 W" in machine:
        from device.boards import pico2_w  # noqa: PLC0415  # as above

        return pico2_w
    raise ValueError("no board for " + machine)
