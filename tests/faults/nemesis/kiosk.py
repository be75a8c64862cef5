"""A kiosk's own program without its window, as a process that is pressed, killed and started again like a box.

`python -m tests.faults.nemesis.kiosk FOLDER` reads `press 3`, `state` and `quit`, and tells what a box would tell.
"""

import json
import queue
import sys
import threading
from pathlib import Path

from kiosk_app.settings import load
from server.trial.boxes import Box, write_settings
from tests.end_to_end.visitors import Visitors

TICK_S = 0.02


class Kiosk(Box):
    """One kiosk: its visitors come by its standard input."""

    def __init__(self, folder, device_id, mqtt_port, **settings):
        self.folder, self.device_id = folder, device_id
        self.command = [sys.executable, "-m", __name__, str(folder.resolve())]
        self.process = None
        write_settings(folder, device_id=device_id, port=mqtt_port, **settings)


class Program:
    """The process: ticks, and does as it is told."""

    def __init__(self, folder, log):
        self.visitors = Visitors(load(folder / "settings.json"), "fi")
        self.visitors.log = self.tell
        self.kiosk = self.visitors.kiosk
        self.file = log
        self.told = None
        self.lines = queue.Queue()

    def tell(self, event):
        """Write an event into the log, and say it."""
        line = json.dumps(event)
        print(line, file=self.file)
        print(line, flush=True)

    def listen(self):
        """Take lines until nobody gives any more."""
        for line in sys.stdin:
            self.lines.put(line.split())
        self.lines.put(["quit"])

    def run(self):
        """Live until `quit`."""
        threading.Thread(target=self.listen, daemon=True).start()
        self.kiosk.start()
        while self.heard():
            self.kiosk.tick()
            outbox = {"acked_seq": self.kiosk.outbox.acked_seq, "next_seq": self.kiosk.outbox.next_seq}
            if outbox != self.told:
                self.tell({"event": "outbox"} | outbox)
                self.told = outbox
        self.kiosk.stop()

    def heard(self):
        """Do what the next line says, if one comes soon; tell whether to go on."""
        try:
            word, *values = self.lines.get(timeout=TICK_S)
        except queue.Empty:
            return True
        if word == "state":
            self.tell({"event": "state", "survey": self.kiosk.surveys.version})
        elif word == "press" and self.kiosk.session.page.kind == "attract":
            self.visitors.visit(int(values[0]))
        elif word == "press":
            self.tell({"event": "refused"})
        return word != "quit"


def main(folder):
    """Run the kiosk of a folder."""
    with (folder / "log.jsonl").open("a", buffering=1, encoding="utf-8") as log:
        Program(folder, log).run()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
