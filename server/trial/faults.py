"""The faults of a demo: the broker stopped for a while, then bridge, box and broker killed without warning."""

from collections.abc import Callable, Iterator

from server.trial.boxes import Box
from server.trial.processes import Group

UNHURRIED_S = 60  # a demo without end has its faults in the first minute
LONGEST_AWAY_S = 4.0


class Faults:
    """Does one thing after another, each at its share of the demo's time, and says so."""

    def __init__(self, group: Group, boxes: list[Box], seconds: int, say: Callable[[str], None]) -> None:
        self.group = group
        self.box = boxes[0]
        self.say = say
        self.done = 0
        self.steps = self.planned(seconds or UNHURRIED_S)
        self.due_s, self.act = next(self.steps)

    def planned(self, seconds: int) -> Iterator[tuple[float, Callable[[], None]]]:
        """Yield when to do what, and in the end nothing ever again."""
        away_s = min(LONGEST_AWAY_S, 0.15 * seconds)
        yield 0.15 * seconds, self.stop_broker
        yield 0.15 * seconds + away_s, self.start_broker
        yield 0.45 * seconds, self.kill_bridge
        yield 0.60 * seconds, self.kill_box
        yield 0.75 * seconds, self.kill_broker
        yield float("inf"), self.start_broker

    def tend(self, now_s: float) -> None:
        """Do what is due."""
        if now_s >= self.due_s:
            self.act()
            self.due_s, self.act = next(self.steps)

    def end(self) -> None:
        """Leave nothing switched off."""
        if self.group.children["broker"].held:
            self.start_broker()

    def stop_broker(self) -> None:
        """Take the broker away."""
        self.tell("The broker is stopped; the boxes go on thanking and keep what they have.")
        self.group.hold("broker")

    def start_broker(self) -> None:
        """Give the broker back."""
        self.group.release("broker")
        self.say("The broker is back.")

    def kill_bridge(self) -> None:
        """Kill the bridge."""
        self.tell("The bridge is killed (kill -9).")
        self.group.kill("bridge")

    def kill_box(self) -> None:
        """Cut one box's power and give it back at once."""
        self.tell(f"The power of {self.box.device_id} is cut (kill -9) and comes back.")
        self.box.kill()
        self.box.start()

    def kill_broker(self) -> None:
        """Kill the broker."""
        self.tell("The broker is killed (kill -9), with all that it had not yet written.")
        self.group.kill("broker")

    def tell(self, line: str) -> None:
        """Count a fault and say what it is."""
        self.done += 1
        self.say(line)
