"""What goes on a board: whatever the entry imports, and the loader outside of it."""

ENTRY = "device.main"
LOADER = "device/loader.py"

# MicroPython runs main.py and no other name, and only as source.
# A collection for every 4 KiB keeps what stays together: without it a start leaves holes that nothing larger fits into.
START = "import gc\n\ngc.threshold(4096)\n\nimport loader\n\nloader.start()\n"

# An update travels as chunks of 4 KiB: twenty of them, 70 seconds on the slowest wire that a box must survive
# (9.6 kbit/s). Two apps, one of them half written, are then a tenth of the smallest file system, 1.75 MiB.
BUDGET_BYTES = 20 * 4096

# What a box in the field must not carry: parts of the simulator, and facts that only tests ask for.
NEVER = (
    "device.boards.facts",
    "device.flash",
    "device.fleet",
    "device.manifest",
    "device.protocol.schema",
    "device.simulated_hal",
    "device.simulator",
    "device.terminal",
)
