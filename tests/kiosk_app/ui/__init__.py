"""Screens on a glass that no one sees, under fingers that Kivy takes for real."""

import atexit
import os
import shutil
import tempfile

# Before Kivy is imported: no display, no arguments of pytest, nothing in anybody's home, no log that eats stderr.
os.environ["SDL_VIDEODRIVER"] = "offscreen"
os.environ["KIVY_HOME"] = tempfile.mkdtemp(prefix="hymio-kivy-")
atexit.register(shutil.rmtree, os.environ["KIVY_HOME"], ignore_errors=True)
os.environ.update(KIVY_NO_ARGS="1", KIVY_NO_FILELOG="1", KIVY_LOG_MODE="PYTHON", KIVY_NO_ENV_CONFIG="1")

import kiosk_app.ui  # noqa: E402, F401  # what it silences must be silent before anything of Kivy is imported
