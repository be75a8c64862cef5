"""The faults, each a function of the world, a box and a number that decides the rest."""

from broker_bridge.database.connect import Unavailable
from device import slots
from device.journal import TALLY_BLOCKS
from tests.device.ram_flash import TORN, RamFlash
from tests.faults.simulation.box import BLOCK_SIZE, Box
from tests.faults.simulation.bridge import Died
from tests.faults.simulation.broker import QUEUE_LIMIT
from tests.faults.simulation.county import CLASSES, POINTS
from tests.faults.simulation.plan import DAY_MS, HOUR_MS, MINUTE_MS

FIRST_SLOT_AT = 256
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


def press(world, box, value):
    box.press(value)


def power_cut(world, box, value):
    if box.app:
        box.power_off()


def power_cut_while_flash_works(world, box, value):
    box.flash.torn = TORN[value % len(TORN)]
    box.flash.cut_at = box.flash.operations + value // 8 % 12


def slot_decays(world, box, value):
    """Flip two bits of a response that lies in flash: one would be mended."""
    memory = box.flash.memory
    tallies = TALLY_BLOCKS if box.flash.block_count >= TALLY_BLOCKS + 5 else 0  # a rotted tally is one visitor less
    places = [
        at
        for start in range(0, len(memory) - tallies * BLOCK_SIZE, BLOCK_SIZE)
        for at in range(start + FIRST_SLOT_AT, start + BLOCK_SIZE, slots.SLOT_SIZE)
        if memory[at] in slots.RESPONSES
    ]
    if places:
        at = places[value % len(places)]
        memory[at + 3] ^= 1 << value // 64 % 8
        memory[at + 6] ^= 1 << value // 512 % 8
        world.truth.account.damaged[box.device_id] += 1


def connection_drops(world, box, value):
    if box.wire:
        box.wire.cut()


def black_hole(world, box, value):
    if box.wire:
        box.wire.go_silent()


def no_network(world, box, value):
    outage(world, (MINUTE_MS, HOUR_MS, 6 * HOUR_MS)[value % 3])


def long_outage(world, box, value):
    outage(world, world.plan.lasts_ms * 4 // 5)


def outage(world, duration_ms):
    world.has_network = False
    for wire in list(world.broker.wires.values()):
        wire.go_silent()
    world.after(duration_ms, world.give_network)


def broker_killed(world, box, value):
    world.broker.kill((1_000, MINUTE_MS, HOUR_MS)[value % 3])


def queue_full(world, box, value):
    world.broker.limit = QUEUE_LIMIT
    world.after(value % HOUR_MS, world.lift_limit)


def session_expires(world, box, value):
    """The broker forgets the bridge while that is away: what comes meanwhile is dropped, and was confirmed."""
    world.broker.queue.clear()
    world.broker.has_session = False
    world.bridge.die()


def bridge_killed(world, box, value):
    world.bridge.die()


def bridge_dies_at_a_statement(world, box, value):
    world.bridge.connection.set(1 + value % 40, Died())


def bridge_dies_before_its_acks(world, box, value):
    world.bridge.dies_before_acks = True


def database_away(world, box, value):
    world.bridge.connection.set(1 + value % 40, Unavailable("database or disk is full"))


def commit_without_an_answer(world, box, value):
    world.bridge.connection.loses_answer = True


def clock_lies(world, box, value):
    world.bridge.lies_ms = (-365 * DAY_MS, -HOUR_MS, 20 * MINUTE_MS, HOUR_MS, 365 * DAY_MS)[value % 5]
    world.truth.account.trusts_clocks = False
    world.after(value % (2 * HOUR_MS), world.correct_clock)


def reclassified(world, box, value):
    county, from_ms = world.bridge.county, moment(world, value)
    number, code = value % len(POINTS), CLASSES[value // 16 % len(CLASSES)]
    world.bridge.correct(lambda connection: county.reclassify(connection, number, code, from_ms))


def moved(world, box, value):
    county, from_ms = world.bridge.county, moment(world, value)
    number = value // 16 % len(POINTS)
    world.bridge.correct(lambda connection: county.move(connection, box.device_id, number, from_ms))


def moment(world, value):
    """Return a moment in the past, now, or soon."""
    return world.true_ms() + (-DAY_MS, -HOUR_MS, -MINUTE_MS, 0, HOUR_MS)[value // 256 % 5]


def old_message_again(world, box, value):
    if world.truth.said:
        world.broker.publish_up(*world.truth.said[value % len(world.truth.said)])


def poison(world, box, value):
    name = ("up/responses", "up/hello", "up/bye", "up/nonsense", "down/ack")[value % 5]
    device_id = box.device_id if value % 3 else "box-9999"
    world.broker.publish_up(f"hymio/v1/{device_id}/{name}", POISON[value // 16 % len(POISON)], value % 7 == 0)


def out_of_memory(world, box, value):
    box.trips = True


def reprovisioned(world, box, value):
    """Wipe a box that holds nothing any more: its next journal has a name of its own."""
    if box.is_drained:
        box.power_off()
        box.flash = RamFlash(world.plan.blocks, BLOCK_SIZE)


def two_with_one_identity(world, box, value):
    """Let a second box say that it is the first; they throw each other out until somebody sees why."""
    if box.app:
        add_twin(world, box, Box(world, len(world.boxes), box.device_id))


def add_twin(world, box, twin):
    """Let both be pressed for a while."""
    world.twins.append(twin)
    world.add(twin)
    for pressed in (box, twin) * TWINS_PRESSES:
        button = world.chance.randint(1, 5)
        world.after(world.chance.randrange(TWINS_MS), lambda pressed=pressed, button=button: pressed.press(button))
    world.after(TWINS_MS, twin.put_away)


def two_with_one_journal(world, box, value):
    """Copy a box's flash into another: both go on with the same numbers."""
    if box.app and not box.flash.is_off:
        world.truth.account.cloned.add((box.device_id, box.app.outbox.epoch))
        copied = RamFlash(world.plan.blocks, BLOCK_SIZE, box.flash.memory, box.flash.scars)
        add_twin(world, box, Box(world, len(world.boxes), box.device_id, copied))


def backup_and_restore(world, box, value):
    world.bridge.back_up()
    left_ms = world.plan.lasts_ms - world.now_ms  # not while everything heals: boxes may be put away by then
    world.after(min(1 + value % (world.plan.lasts_ms // 4), left_ms - 1), world.bridge.restore)


HAPPEN = {
    "press": press,
    "power cut": power_cut,
    "power cut while flash works": power_cut_while_flash_works,
    "slot decays": slot_decays,
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
    "backup and restore": backup_and_restore,
}
