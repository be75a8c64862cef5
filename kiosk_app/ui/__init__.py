"""All that a kiosk draws, plays and feels under a finger; the one home of Kivy."""

import logging
import os

# Kivy reads these when it is first imported: it must not read our arguments, nor keep a log in somebody's home, nor
# take stderr for itself. And a finger must not be a mouse as well: it would touch twice.
for _name, _value in {
    "KIVY_NO_ARGS": "1",
    "KIVY_NO_FILELOG": "1",
    "KIVY_LOG_MODE": "PYTHON",
    "SDL_TOUCH_MOUSE_EVENTS": "0",
}.items():
    os.environ.setdefault(_name, _value)

# Fingers come through SDL. Kivy also looks for a library of its own, and prints where in its source it was not found.
logging.getLogger("kivy").addFilter(lambda record: not str(record.msg).startswith(("Input: MTDev", "Config: ")))
