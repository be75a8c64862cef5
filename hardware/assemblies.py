"""All that can be built."""

from device.boards import esp32_c6, esp32_s3
from hardware import battery_box, kiosk_stand, mains_box
from hardware.assembly import Assembly


def assemblies() -> list[Assembly]:
    boxes = [battery_box.assembly(board) for board in (esp32_s3, esp32_c6)]
    return [*boxes, mains_box.assembly(), kiosk_stand.assembly()]
