"""The conversation with the bridge, word by word."""

import json

from device import slots
from device.clock import Clock
from device.link import BATCH, Link
from device.outbox import Outbox
from device.protocol import messages
from device.settings import DEFAULTS, Settings
from tests.device.ram_flash import RamFlash
from tests.device.test_clock import Ticks
from tests.device.test_outbox import put, urandom
from tests.device.test_survey import down, fresh, question

DEVICE = "box-0001"
EPOCH = "abcdefghij"
TIMEOUT = 10000


class Conversation:
    """A link, and what was last said on it."""

    def __init__(self, presses=0, flash=None, host="127.0.0.1"):
        self.outbox = Outbox(flash or RamFlash(block_count=8), urandom)
        self.clock = Clock(Ticks(0))
        self.surveys = fresh()
        settings = Settings(**(DEFAULTS | {"device_id": DEVICE, "model": "button-5", "host": host}))
        self.link = Link(settings, {"model": "button-5"}, self.outbox, self.clock, self.surveys)
        self.now = 0
        put(self.outbox, presses)

    def due(self):
        """What the box says now, as (name, fields)."""
        said = []
        for topic, payload in self.link.due(self.now):
            assert len(payload) <= messages.LARGEST_PAYLOAD
            decoded = messages.decode(topic, payload)
            assert all(record.reason is None for record in decoded.fields.get("responses", []))
            said.append((decoded.name, json.loads(payload)))
        return said

    def seqs(self):
        """The seqs of the batches that the box sends now."""
        return [[r["seq"] for r in fields["responses"]] for name, fields in self.due() if name == "up/responses"]

    def hear(self, name, fields, device_id=DEVICE):
        payload = json.dumps({"v": 1} | fields).encode()
        self.link.received("hymio/v1/" + device_id + "/down/" + name, payload, self.now)

    def ack(self, seq, epoch=EPOCH, now=1795325101):
        self.hear("ack", {"epoch": epoch, "seq": seq, "now": now})

    def refused(self, epoch=EPOCH):
        self.hear("refused", {"epoch": epoch, "reason": "schema: it is bad"})


def answered(presses=0):
    """A conversation whose hello was answered: batches are due."""
    conversation = Conversation(presses)
    conversation.due()
    conversation.ack(0)
    return conversation


def test_the_first_word_is_a_hello():
    conversation = Conversation(3)

    (name, hello), *rest = conversation.due()

    assert not rest
    assert name == "up/hello"
    assert (hello["epoch"], hello["next_seq"], hello["oldest_seq"], hello["acked_seq"]) == (EPOCH, 4, 1, 0)
    assert (hello["boot"], hello["uptime_s"], hello["clock_at"], hello["model"]) == (1, 0, None, "button-5")
    assert "settings" not in hello


def test_nothing_else_is_said_before_the_bridge_answers_the_hello():
    conversation = Conversation(3)
    conversation.due()
    conversation.now = TIMEOUT - 1

    assert conversation.due() == []


def test_an_unanswered_hello_is_said_again():
    conversation = Conversation(3)
    conversation.due()
    conversation.now = TIMEOUT

    assert [name for name, _ in conversation.due()] == ["up/hello"]


def batches(first, count=4, size=BATCH):
    """Return the numbers of batches in a row."""
    return [list(range(seq, seq + size)) for seq in range(first, first + count * size, size)]


def test_an_answered_hello_is_followed_by_whole_batches_at_most_4_in_flight():
    conversation = answered(80)

    assert conversation.seqs() == batches(1)
    assert conversation.due() == []


def test_an_ack_makes_room_for_the_next_batch():
    conversation = answered(80)
    conversation.due()
    conversation.ack(BATCH)

    assert conversation.seqs() == batches(4 * BATCH + 1, 1)
    assert conversation.outbox.acked_seq == BATCH


def test_an_ack_in_the_hello_s_answer_frees_what_the_bridge_had():
    conversation = Conversation(20)
    conversation.due()
    conversation.ack(18)

    assert conversation.seqs() == [[19, 20]]


def test_a_new_press_is_sent_at_once():
    conversation = answered()
    conversation.due()
    put(conversation.outbox, 1)

    assert conversation.seqs() == [[1]]


def test_a_batch_carries_identity_and_the_records_of_the_outbox():
    conversation = answered(2)

    name, batch = conversation.due()[0]

    assert name == "up/responses"
    assert (batch["v"], batch["epoch"], batch["boot"], batch["uptime_s"]) == (1, EPOCH, 1, 0)
    assert batch["clock_at"] == 1795325101
    assert batch["responses"] == conversation.outbox.peek(16)


def test_without_an_ack_everything_is_sent_again_in_the_same_words():
    conversation = answered(5)
    first = conversation.due()
    conversation.now = TIMEOUT - 1
    early = conversation.due()
    conversation.now = TIMEOUT
    again = conversation.due()

    assert early == []
    assert again[0][1]["responses"] == first[0][1]["responses"]
    assert conversation.outbox.acked_seq == 0


def test_a_silent_bridge_gets_one_batch_at_a_time():
    conversation = answered(80)
    conversation.due()
    conversation.now = TIMEOUT
    silent = conversation.seqs()
    conversation.ack(BATCH // 2)

    assert silent == batches(1, 1, BATCH // 2)
    assert conversation.seqs() == batches(BATCH // 2 + 1)


def test_batches_get_smaller_down_to_one_record_while_none_gets_through():
    conversation = answered(80)
    sizes = [len(conversation.seqs()[0])]
    for _ in range(5):
        conversation.link.opened()
        conversation.due()
        conversation.ack(0)
        sizes.append(len(conversation.seqs()[0]))

    assert sizes == [12, 6, 3, 1, 1, 1]


def test_an_ack_that_was_lost_is_made_good_by_a_later_one():
    conversation = answered(40)
    conversation.due()
    conversation.ack(40)

    assert conversation.outbox.peek(1) == []
    conversation.now = 5 * TIMEOUT
    assert conversation.due() == []


def test_an_ack_within_a_batch_sends_only_the_rest_again():
    conversation = answered(16)
    conversation.due()
    conversation.ack(10)
    conversation.now = TIMEOUT

    assert conversation.seqs() == [list(range(11, 17))]


def test_a_duplicate_or_late_ack_changes_nothing():
    conversation = answered(40)
    conversation.due()
    conversation.ack(32)
    conversation.ack(32)
    conversation.ack(16)

    assert conversation.outbox.acked_seq == 32
    assert conversation.due() == []


def test_an_ack_of_another_epoch_is_ignored():
    conversation = answered(5)
    conversation.due()
    conversation.ack(5, epoch="zzzzzzzzzz")

    assert conversation.outbox.acked_seq == 0


def test_a_bridge_that_acknowledges_nothing_hears_a_hello_and_can_ask_for_what_it_lost():
    conversation = answered(20)
    conversation.due()
    conversation.ack(20)
    put(conversation.outbox, 1)
    conversation.due()
    conversation.ack(5)  # restored from a backup of long ago
    conversation.now = TIMEOUT
    conversation.due()

    assert [(name, fields["acked_seq"]) for name, fields in conversation.due()] == [("up/hello", 20)]
    conversation.hear("replay", {"epoch": EPOCH, "from_seq": 6})
    assert conversation.seqs()[0][0] == 6


def test_a_box_that_stays_connected_says_hello_once_a_day():
    conversation = answered()
    conversation.now = 86400000 - 1
    early = conversation.due()
    conversation.now += 1

    assert early == []
    assert [name for name, _ in conversation.due()] == ["up/hello"]
    assert conversation.due() == []


def test_a_hello_answered_for_another_epoch_is_not_answered():
    conversation = Conversation(5)
    conversation.due()
    conversation.ack(0, epoch="zzzzzzzzzz")

    assert conversation.due() == []


def test_an_ack_of_what_was_never_put_frees_nothing():
    conversation = answered(5)
    conversation.due()
    conversation.ack(6)
    conversation.now = TIMEOUT

    assert conversation.outbox.acked_seq == 0
    assert conversation.seqs() == [[1, 2, 3, 4, 5]]


def test_a_new_connection_begins_with_hello_and_sends_again_from_the_ack():
    conversation = answered(40)
    conversation.due()
    conversation.ack(16)
    conversation.link.opened()

    assert [name for name, _ in conversation.due()] == ["up/hello"]
    conversation.ack(16)
    assert conversation.seqs() == batches(17, 4, BATCH // 2)


def test_the_ack_tells_the_time_on_loopback():
    conversation = answered()

    assert conversation.clock.at() == 1795325101


def test_the_ack_tells_no_time_over_a_network_that_was_not_verified():
    conversation = Conversation(host="broker.example")
    conversation.due()
    conversation.ack(0)

    assert conversation.clock.at() is None


def test_a_boot_that_could_not_be_counted_anchors_no_time():
    conversation = answered()
    conversation.outbox._records.boot_is_durable = False
    conversation.link.opened()

    assert conversation.due()[0][1]["clock_at"] is None


def test_settings_are_taken_and_the_next_hello_names_them():
    conversation = answered()
    conversation.due()
    conversation.hear("settings", down([question("smiley5")]))

    name, hello = conversation.due()[0]

    assert conversation.surveys.current.version == "reception@3"
    assert (name, hello["settings"]) == ("up/hello", "reception@3")


def test_the_same_settings_again_bring_no_further_hello():
    conversation = answered()
    conversation.due()
    conversation.hear("settings", down([question("smiley5")]))
    conversation.due()
    conversation.hear("settings", down([question("smiley5")]))

    assert conversation.due() == []


def test_settings_that_cannot_be_used_are_reported_once_and_nothing_stops():
    conversation = answered(1)
    conversation.hear("settings", down([question("nps")]))
    (_, hello), (_, batch) = conversation.due()
    conversation.hear("settings", down([question("nps")]))

    assert hello["settings_refused"] == "survey reception@3 has no question with 5 steps"
    assert batch["responses"][0]["seq"] == 1
    assert conversation.due() == []


def test_settings_that_break_the_contract_are_reported_too_and_the_old_ones_stay():
    conversation = answered()
    conversation.hear("settings", down([question("smiley5")]))
    conversation.due()
    conversation.hear("settings", {"settings": "reception@4", "survey": 3})
    (_, hello), *_ = conversation.due()
    conversation.hear("settings", down([question("smiley5")], "reception@5"))
    (_, after), *_ = conversation.due()

    assert (hello["settings"], hello["settings_refused"]) == ("reception@3", "schema: survey must be an object")
    assert after["settings"] == "reception@5"
    assert "settings_refused" not in after


def test_an_outbox_that_fills_up_is_an_alarm_and_calm_again_below_it():
    conversation = answered()
    conversation.outbox = conversation.link._outbox = Filling(conversation.outbox)
    told = []
    for conversation.outbox.used in (0.79, 0.8, 0.9, 0.75, 0.8, 0.69, 0.7):
        told.append([fields.get("alarms") for name, fields in conversation.due() if name == "up/hello"])

    assert told == [[], [["outbox_80"]], [], [], [], [None], []]


class Filling:
    """An outbox as full as one wants."""

    def __init__(self, outbox):
        self.outbox = outbox
        self.used = 0

    def __getattr__(self, name):
        return getattr(self.outbox, name)


def test_an_ack_of_what_was_never_put_is_an_alarm():
    conversation = answered(5)
    conversation.due()
    conversation.ack(6)
    (_, hello), *_ = conversation.due()
    conversation.ack(7)

    assert hello["alarms"] == ["ack_beyond"]
    assert conversation.due() == []


def test_alarms_of_others_are_told():
    conversation = answered()
    conversation.link.alarms.add("safe_mode")
    (_, hello), *_ = conversation.due()

    assert hello["alarms"] == ["safe_mode"]


def test_a_replay_sends_again_what_is_still_held():
    conversation = answered(20)
    first = conversation.due()
    conversation.ack(20)
    conversation.hear("replay", {"epoch": EPOCH, "from_seq": 5})

    again = conversation.due()

    before, after = ([record for _, batch in sent for record in batch["responses"]] for sent in (first, again))
    assert after == before[4:]
    conversation.ack(20)
    conversation.now = TIMEOUT
    assert conversation.due() == []


def test_a_replay_is_sent_again_until_it_is_acknowledged():
    conversation = answered(20)
    conversation.due()
    conversation.ack(20)
    conversation.hear("replay", {"epoch": EPOCH, "from_seq": 5})
    conversation.due()
    conversation.ack(7)
    conversation.now = TIMEOUT

    assert conversation.seqs() == batches(8, 1, BATCH // 2)
    assert conversation.outbox.acked_seq == 20


def test_a_replay_that_comes_before_the_answer_to_the_hello_is_not_forgotten():
    conversation = answered(20)
    conversation.due()
    conversation.ack(20)
    conversation.link.opened()
    conversation.due()
    conversation.hear("replay", {"epoch": EPOCH, "from_seq": 5})
    conversation.ack(4)

    assert [seq for batch in conversation.seqs() for seq in batch] == list(range(5, 21))


def test_a_replay_from_the_future_or_of_another_epoch_skips_nothing():
    conversation = answered(5)
    conversation.hear("replay", {"epoch": EPOCH, "from_seq": 4})
    conversation.hear("replay", {"epoch": "zzzzzzzzzz", "from_seq": 1})

    assert conversation.seqs() == [[1, 2, 3, 4, 5]]


def test_a_refused_batch_is_sent_one_by_one():
    conversation = answered(5)
    conversation.due()
    conversation.refused()
    quiet = conversation.due()
    conversation.now = TIMEOUT

    assert quiet == []
    for seq in range(1, 6):
        assert conversation.seqs() == [[seq]]
        conversation.ack(seq)
    assert conversation.due() == []


def test_refusals_of_all_batches_in_flight_set_nothing_aside():
    conversation = answered(64)
    conversation.due()
    for _ in range(4):
        conversation.refused()
        conversation.now += 100
    conversation.now = TIMEOUT

    assert conversation.seqs() == [[1]]
    assert "set_aside" not in conversation.link._hello()


def refuse_2_of_5(conversation):
    conversation.due()
    conversation.refused()
    for _ in range(2):
        conversation.now += TIMEOUT
        conversation.due()
        conversation.ack(1)
        conversation.due()
        conversation.refused()
    conversation.now += TIMEOUT
    return conversation.due()


def test_a_record_refused_twice_on_its_own_is_set_aside_and_does_not_jam():
    conversation = answered(5)

    (_, hello), (_, batch) = refuse_2_of_5(conversation)

    assert hello["set_aside"] == 1
    assert batch["responses"] == [{"seq": 2, "lost": "refused: schema: it is bad"}]
    for seq in range(2, 6):
        conversation.ack(seq)
        conversation.due()
    assert conversation.outbox.acked_seq == 5


def test_after_the_refused_ones_batches_are_whole_again():
    conversation = answered(5)
    refuse_2_of_5(conversation)
    for seq in range(2, 6):
        conversation.ack(seq)
        conversation.due()
    put(conversation.outbox, 20)

    assert conversation.seqs() == batches(6, 1) + [list(range(6 + BATCH, 26))]


def test_a_refused_hello_sets_nothing_aside():
    conversation = Conversation(5)
    conversation.due()
    conversation.refused(epoch=None)
    conversation.now = TIMEOUT

    assert [name for name, _ in conversation.due()] == ["up/hello"]
    assert conversation.link.trouble == "schema: it is bad"


def test_messages_that_the_contract_does_not_allow_are_left():
    conversation = answered(3)
    for name, fields in (("ack", {"epoch": EPOCH}), ("ack", {"v": 2}), ("dance", {}), ("settings", {"survey": 3})):
        conversation.hear(name, fields)
    conversation.hear("ack", {"epoch": EPOCH, "seq": 3, "now": 0}, device_id="box-0002")
    conversation.link.received("hymio/v1/box-0001/down/ack", b"\xff\xfe", 0)
    conversation.link.received("elsewhere", b"{}", 0)

    assert conversation.outbox.acked_seq == 0
    assert conversation.seqs() == [[1, 2, 3]]


def test_a_lost_record_is_sent_as_lost():
    flash = RamFlash(block_count=8)
    put(Outbox(flash, urandom), 3)
    flash.memory[768 + 256 + 16 + 5] ^= 3  # two bits: one would be mended
    conversation = Conversation(flash=flash)
    conversation.due()
    conversation.ack(0)

    assert conversation.due()[0][1]["responses"][1] == {"seq": 2, "lost": "crc"}


def test_the_largest_batch_fits_into_a_message():
    conversation = Conversation()
    for _ in range(BATCH):
        record = slots.press(10, "sms-long", 4294967295, 4294967295, ("repeat", "cleaning", "test"))
        conversation.outbox.put(record, "s" * 30 + "@1", "q" * 40)
    conversation.due()
    conversation.ack(0)

    assert len(conversation.due()[0][1]["responses"]) == BATCH


def test_the_goodbye_says_why():
    conversation = Conversation()

    topic, payload = conversation.link.bye("sleep")

    assert topic == "hymio/v1/box-0001/up/bye"
    assert json.loads(payload) == {"v": 1, "epoch": EPOCH, "boot": 1, "reason": "sleep"}


def test_no_bytes_that_a_broker_can_say_upset_the_link_or_free_what_is_not_stored():
    conversation = answered(20)
    conversation.hear("settings", down([question("smiley5")]))
    good = [
        ("ack", b'{"v":1,"epoch":"abcdefghij","seq":99,"now":1795325101}'),
        ("settings", b'{"v":1,"settings":"evil@9","survey":{"questions":[{"id":"q","kind":"nps"}]},"limits":{}}'),
        ("replay", b'{"v":1,"epoch":"abcdefghij","from_seq":1}'),
        ("refused", b'{"v":1,"epoch":null,"reason":"schema: it is bad"}'),
    ]
    alphabet = b'{}[]:,"0-9etf\x00\xff a'
    seed = 5
    for _ in range(120):
        seed = (seed * 1103515245 + 12345) % 2147483648
        name, payload = good[seed >> 8 & 3]
        damaged = bytearray(payload)
        for shift in (2, 9):
            damaged[(seed >> shift) % len(damaged)] = alphabet[(seed >> shift + 3) % len(alphabet)]
        conversation.now += 20000
        conversation.link.received("hymio/v1/box-0001/down/" + name, bytes(damaged), conversation.now)
        for _, fields in conversation.due():
            assert len(fields.get("settings_refused", "")) <= 500

    assert conversation.surveys.current.version == "reception@3"
    assert conversation.outbox.acked_seq < conversation.outbox.next_seq
