"""The faults, each a function of the world, a device and a number that decides the rest."""

from broker_bridge.database.connect import Unavailable
from tests.device.ram_flash import PowerCut
from tests.faults.simulation.bridge import Died
from tests.faults.simulation.broker import QUEUE_LIMIT
from tests.faults.simulation.county import CLASSES, POINTS
from tests.faults.simulation.crash_points import Waiting
from tests.faults.simulation.plan import DAY_MS, HOUR_MS, MINUTE_MS

YEAR_AHEAD = 4  # of the lies
TWINS_MS = 3 * MINUTE_MS
TWINS_PRESSES = 5
POISON = (
    b"",
    b"\xff\x00garbage",
    b'{"v":1}',
    b'{"v":9,"epoch":"e","boot":1,"uptime_s":1,"responses":[]}',
    b'{"v":1,"epoch":"e","boot":1,"uptime_s":1,"responses":[{"seq":0}]}',
    b'{"v":1,"epoch":"e","boot":true,"uptime_s":1,"next_seq":4}',
    b"[" * 5000,
)


def press(world, device, value):
    device.press(value)


def power_cut(world, device, value):
    if device.is_on:
        device.power_off()


def power_cut_while_it_writes(world, device, value):
    device.cut_at_write(value)


def power_cut_while_it_starts(world, device, value):
    """Cut the power, and again while the device starts; a box's fuse may be one of its files."""
    if device.is_on:
        device.power_off()
        device.cut_at_write(value)


def record_decays(world, device, value):
    if device.decay(value):
        world.truth.account.damaged[device.device_id] += 1


def connection_drops(world, device, value):
    if device.wire:
        device.wire.cut()


def black_hole(world, device, value):
    if device.wire:
        device.wire.go_silent()


def no_network(world, device, value):
    outage(world, (MINUTE_MS, HOUR_MS, 6 * HOUR_MS)[value % 3])


def long_outage(world, device, value):
    outage(world, world.plan.lasts_ms * 4 // 5)


def outage(world, duration_ms):
    world.has_network = False
    for wire in list(world.broker.wires.values()):
        wire.go_silent()
    world.after(duration_ms, world.give_network)


def broker_killed(world, device, value):
    world.broker.kill((1_000, MINUTE_MS, HOUR_MS)[value % 3])


def queue_full(world, device, value):
    world.broker.limit = QUEUE_LIMIT
    world.after(value % HOUR_MS, world.lift_limit)


def session_expires(world, device, value):
    """The broker forgets the bridge while that is away: what comes meanwhile is dropped, and was confirmed."""
    world.broker.end_session()
    world.bridge.die()


def bridge_killed(world, device, value):
    world.bridge.die()


def bridge_dies_at_a_statement(world, device, value):
    world.bridge.connection.set(1 + value % 40, Died(), value // 40)


def bridge_dies_before_its_acks(world, device, value):
    world.bridge.dies_before_acks = True


def database_away(world, device, value):
    away = Unavailable("database or disk is full")
    world.bridge.connection.set(1 + value % 40, away, value // 40)


def commit_without_an_answer(world, device, value):
    world.bridge.connection.loses_answer = True


def clock_lies(world, device, value):
    world.bridge.lies_ms = (-365 * DAY_MS, -HOUR_MS, 20 * MINUTE_MS, HOUR_MS, 365 * DAY_MS)[value % 5]
    world.truth.account.trusts_clocks = False
    if value % 5 == YEAR_AHEAD:
        device.fuse.waiting = Waiting(PowerCut(), 1, "UPDATE journal")  # a kiosk whose window of replays seems over
    world.after(value % (2 * HOUR_MS), world.correct_clock)


def reclassified(world, device, value):
    county, from_ms = world.bridge.county, moment(world, value)
    number, code = value % len(POINTS), CLASSES[value // 16 % len(CLASSES)]
    world.bridge.correct(lambda connection: county.reclassify(connection, number, code, from_ms))


def moved(world, device, value):
    county, from_ms = world.bridge.county, moment(world, value)
    number = value // 16 % len(POINTS)
    world.bridge.correct(lambda connection: county.move(connection, device.device_id, number, from_ms))


def moment(world, value):
    """Return a moment in the past, now, or soon."""
    return world.true_ms() + (-DAY_MS, -HOUR_MS, -MINUTE_MS, 0, HOUR_MS)[value // 256 % 5]


def old_message_again(world, device, value):
    if world.truth.said:
        world.broker.publish_up(*world.truth.said[value % len(world.truth.said)])


def poison(world, device, value):
    name = ("up/responses", "up/hello", "up/bye", "up/nonsense", "down/ack")[value % 5]
    device_id = device.device_id if value % 3 else "box-9999"
    world.broker.publish_up(f"hymio/v1/{device_id}/{name}", POISON[value // 16 % len(POISON)], value % 7 == 0)


def out_of_memory(world, device, value):
    device.trips = True


def reprovisioned(world, device, value):
    """Wipe a device that holds nothing any more: its next journal has a name of its own, and may be cut short."""
    if device.is_drained:
        device.wipe()
        if value % 2:
            device.cut_at_write(value // 2)


def two_with_one_identity(world, device, value):
    """Let a second device say that it is the first; they throw each other out until somebody sees why."""
    if device.is_on:
        add_twin(world, device, device.double(with_journal=False))


def add_twin(world, device, twin):
    """Let both be pressed for a while."""
    world.twins.append(twin)
    world.add(twin)
    for pressed in (device, twin) * TWINS_PRESSES:
        button = world.chance.randint(1, 5)
        world.after(world.chance.randrange(TWINS_MS), lambda pressed=pressed, button=button: pressed.press(button))
    world.after(TWINS_MS, twin.put_away)


def two_with_one_journal(world, device, value):
    """Copy a device's journal into another: both go on with the same numbers."""
    if device.is_on and not device.is_dark:
        world.truth.account.cloned.add((device.device_id, device.outbox.epoch))
        add_twin(world, device, device.double(with_journal=True))


def journal_put_back(world, device, value):
    """Keep a copy of a device's journal, and put it back later: the numbers since then are given again."""
    if not device.is_on or device.is_dark:
        return
    copied = device.copy()

    def put_back():
        if device.is_on and not device.is_dark and not device.is_put_away:
            world.truth.account.cloned.add((device.device_id, device.outbox.epoch))
            world.truth.account.held.update(device.unsent())
            device.put_back(copied)

    world.after((MINUTE_MS, 10 * MINUTE_MS, world.plan.lasts_ms // 8)[value % 3], put_back)


def backup_and_restore(world, device, value):
    world.bridge.back_up()
    left_ms = world.plan.lasts_ms - world.now_ms  # not while everything heals: devices may be put away by then
    world.after(min(1 + value % (world.plan.lasts_ms // 4), left_ms - 1), lambda: restored(world, value))


def restored(world, value):
    """Restore, and in two of three cases have the bridge die while it gives up what no device holds any more."""
    world.bridge.restore()
    if value % 3:
        kind = ("SELECT seq FROM responses", "INTO final_gaps")[value % 3 - 1]
        world.bridge.connection.waiting.append(Waiting(Died(), 1, kind))


HAPPEN = {
    "press": press,
    "power cut": power_cut,
    "power cut while it writes": power_cut_while_it_writes,
    "power cut while it starts": power_cut_while_it_starts,
    "record decays": record_decays,
    "connection drops": connection_drops,
    "black hole": black_hole,
    "no network": no_network,
    "broker killed": broker_killed,
    "broker's queue full": queue_full,
    "session expires": session_expires,
    "bridge killed": bridge_killed,
    "bridge dies at a statement": bridge_dies_at_a_statement,
    "bridge dies before its acks": bridge_dies_before_its_acks,
    "database away": database_away,
    "commit without an answer": commit_without_an_answer,
    "bridge's clock lies": clock_lies,
    "reclassified": reclassified,
    "moved": moved,
    "old message again": old_message_again,
    "poison": poison,
    "out of memory": out_of_memory,
    "long outage": long_outage,
    "reprovisioned": reprovisioned,
    "two with one identity": two_with_one_identity,
    "two with one journal": two_with_one_journal,
    "journal put back": journal_put_back,
    "backup and restore": backup_and_restore,
}
