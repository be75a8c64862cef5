"""The kiosk's side of the wire contract, message by message, without a network."""

import json

import pytest

from device.protocol import canonical, messages
from kiosk_app.clock import Clock
from kiosk_app.conversation import HELLO_EVERY_MS, Conversation
from kiosk_app.envelope import Envelope
from kiosk_app.outbox import MARK_EVERY_S, REPLAY_S, Outbox
from kiosk_app.publisher import Publisher
from kiosk_app.settings import Settings
from kiosk_app.survey import Limits
from kiosk_app.surveys import Surveys
from tests.kiosk_app.parts import settings as survey_settings

NAME = "kiosk-1"
NOW_AT = 1_795_325_000


class Line:
    """A conversation, and a bridge that answers what the test says."""

    def __init__(self, folder, **options):
        self.now_ms = 0
        self.settings = Settings(NAME, "127.0.0.1", 1, folder, ack_timeout_ms=1_000, **options)
        self.outbox = Outbox(folder, Envelope(), capacity=1_000)
        self.clock = Clock(lambda: self.now_ms)
        self.surveys = Surveys(folder, Limits())
        self.conversation = Conversation(self.settings, self.outbox, self.clock, self.surveys, {"model": "kiosk"})

    def put(self, count, text="Kiitos"):
        said = {"survey": "reception@3", "language": "fi", "answers": {"text": text}}
        return [self.outbox.put({"boot": 1, "uptime_s": 1, "at": None} | said) for _ in range(count)]

    def say(self, name, **fields):
        payload = canonical.dumps({"v": 1} | fields).encode()
        self.conversation.received(f"hymio/v1/{NAME}/{name}", payload, self.now_ms)

    def ack(self, seq, epoch=None):
        self.say("down/ack", epoch=epoch or self.outbox.epoch, seq=seq, now=NOW_AT)

    def heard(self, ms=0):
        """Return what is published now, by name, as a bridge decodes it."""
        self.now_ms += ms
        sent = [messages.decode(topic, payload) for topic, payload in self.conversation.due(self.now_ms)]
        return [(message.name, message.fields) for message in sent]

    def seqs(self, ms=0):
        return [
            [record.seq for record in fields["responses"]] for name, fields in self.heard(ms) if "responses" in fields
        ]


@pytest.fixture
def line(tmp_path):
    line = Line(tmp_path)
    yield line
    line.outbox.close()


def test_a_connection_begins_with_hello_until_it_is_answered(line):
    line.put(1)

    ((name, hello),) = line.heard()

    assert (name, hello["next_seq"], hello["oldest_seq"], hello["acked_seq"], hello["model"]) == (
        "up/hello",
        2,
        1,
        0,
        "kiosk",
    )
    assert (hello["clock_at"], "settings" in hello, "alarms" in hello) == (None, False, False)
    assert line.heard(500) == []
    assert [name for name, _ in line.heard(500)] == ["up/hello"]


def test_nothing_is_sent_before_the_bridge_answers_and_all_of_it_after(line):
    put = line.put(40)
    line.heard()

    line.ack(0)
    batches = line.heard()

    records = [record for _, fields in batches for record in fields["responses"]]
    assert [{"seq": record.seq} | record.content for record in records] == put
    assert [len(fields["responses"]) for _, fields in batches] == [16, 16, 8]
    assert batches[0][1]["clock_at"] == NOW_AT


def test_no_batch_is_longer_than_a_message_may_be(line):
    line.put(10, text="ä" * 1_900)
    line.heard()
    line.ack(0)

    seqs = line.seqs()
    line.ack(seqs[-1][-1])
    seqs += line.seqs()
    line.ack(seqs[-1][-1])
    seqs += line.seqs()

    assert [seq for batch in seqs for seq in batch] == list(range(1, 11))
    assert {len(batch) for batch in seqs} == {2}


def test_nothing_is_forgotten_before_its_ack(line):
    line.put(3)
    line.heard()
    line.ack(0)
    assert line.seqs() == [[1, 2, 3]]

    assert line.seqs(900) == []
    assert line.seqs(200) == [[1, 2, 3]]
    line.ack(2)
    line.ack(9)
    line.ack(3, epoch="another")

    assert (line.outbox.acked_seq, line.outbox.refused_acks) == (2, 1)
    assert "ack_beyond" in line.heard()[0][1]["alarms"]


def test_a_bridge_that_acknowledges_nothing_hears_a_hello_and_can_ask_for_what_it_lost(line):
    line.put(20)
    line.heard()
    line.ack(0)
    line.heard()
    line.ack(20)
    line.put(1)
    line.heard()
    line.ack(5)  # restored from a backup of long ago
    assert [name for name, _ in line.heard(1_000)] == ["up/responses"]

    (_, hello), *_ = line.heard()
    line.say("down/replay", epoch=line.outbox.epoch, from_seq=6)

    assert hello["acked_seq"] == 20
    assert line.seqs()[0][0] == 6


def test_a_kiosk_that_stays_connected_says_hello_once_a_day(line):
    line.heard()
    line.ack(0)

    told = [[name for name, _ in line.heard(ms)] for ms in (HELLO_EVERY_MS - 1, 1, 0)]

    assert told == [[], ["up/hello"], []]


def test_after_a_new_connection_what_is_not_acknowledged_is_sent_again(line):
    line.put(3)
    line.heard()
    line.ack(0)
    line.heard()
    line.ack(1)

    line.conversation.opened()
    line.heard()
    line.ack(1)

    assert line.seqs() == [[2, 3]]


def test_a_server_restored_from_a_backup_gets_its_replay(line):
    put = line.put(5)
    line.heard()
    line.ack(5)

    line.say("down/replay", epoch=line.outbox.epoch, from_seq=2)

    ((_, batch),) = line.heard()
    assert [{"seq": record.seq} | record.content for record in batch["responses"]] == put[1:]


def test_a_replay_of_what_is_no_longer_held_is_over_at_once(line):
    line.put(3)
    line.heard()
    line.ack(3)
    line.outbox.tidy(NOW_AT)
    line.outbox.tidy(NOW_AT + REPLAY_S + MARK_EVERY_S)
    line.heard()

    line.say("down/replay", epoch=line.outbox.epoch, from_seq=1)

    assert line.seqs() == []
    line.put(1)
    assert line.seqs() == [[4]]


@pytest.mark.parametrize("fields", [{"epoch": "another", "from_seq": 1}, {"from_seq": 9}])
def test_a_replay_of_what_is_not_ours_is_left(line, fields):
    line.put(3)
    line.heard()
    line.ack(0)
    line.heard()

    line.say("down/replay", **({"epoch": line.outbox.epoch} | fields))

    assert line.seqs() == []


def test_a_refused_record_is_found_by_sending_one_by_one_and_set_aside(line):
    line.put(3)
    line.heard()
    line.ack(0)
    sent = line.seqs()
    for _ in range(40):
        if not sent:
            sent = line.seqs(1_100)
        for batch in sent:
            if 2 in batch and not lost(line, 2):
                line.say("down/refused", epoch=line.outbox.epoch, reason="schema: no")
            else:
                line.ack(batch[-1])
        if line.conversation.is_drained:
            break
        sent = line.seqs()

    assert line.outbox.acked_seq == 3
    assert lost(line, 2) == "refused: schema: no"
    assert line.heard(0) == [] or line.conversation._hello()["set_aside"] == 1


def lost(line, seq):
    return line.conversation._set_aside.get(seq)


def test_a_record_that_no_message_can_carry_stops_no_other(line):
    line.put(2)
    line.put(1, text="x" * 2_001)
    line.put(2)
    line.heard()
    line.ack(0)

    told = []
    for _ in range(6):
        for name, fields in line.heard():
            told += fields.get("responses", [])
            if name == "up/responses":
                line.ack(fields["responses"][-1].seq)

    assert line.outbox.acked_seq == 5
    assert "2000 characters" in {record.seq: record.content for record in told}[3]["lost"]


def test_settings_wait_for_the_screen_and_the_outcome_is_told(line):
    line.heard()
    line.ack(0)
    line.say("down/settings", **survey_settings())
    assert line.heard() == []

    line.surveys.take()
    assert [fields.get("settings") for _, fields in line.heard()] == ["reception@3"]
    line.say("down/settings", **survey_settings([], version="reception@4"))
    line.surveys.take()

    ((_, hello),) = line.heard()
    assert (hello["settings"], hello["settings_refused"]) == ("reception@3", "survey.questions has no question")
    assert line.heard(5_000) == []


@pytest.mark.parametrize("payload", [b"", b"{}", b"\xff", b'{"v":1}', b'{"v":1,"settings":7}', b"x" * 9_000])
def test_settings_that_are_no_message_are_reported(line, payload):
    line.conversation.received(f"hymio/v1/{NAME}/down/settings", payload, 0)

    ((_, hello),) = line.heard()
    assert hello["settings_refused"]


def test_what_is_meant_for_others_is_left(line):
    line.put(1)
    line.conversation.received("hymio/v1/kiosk-2/down/ack", b'{"v":1,"epoch":"x","seq":1,"now":1}', 0)
    line.conversation.received("elsewhere", b"{}", 0)

    assert line.outbox.acked_seq == 0


def test_a_nearly_full_outbox_is_told_once_until_it_is_calm_again(line):
    line.put(800)

    hellos = [fields for name, fields in line.heard() if name == "up/hello"]
    line.ack(0)
    line.put(10)
    assert hellos[0]["alarms"] == ["outbox_80"]
    assert [name for name, _ in line.heard() if name == "up/hello"] == []
    line.ack(110)
    assert [name for name, _ in line.heard() if name == "up/hello"] == []
    line.ack(200)

    assert ["alarms" in fields for name, fields in line.heard() if name == "up/hello"] == [False]


def test_only_a_bridge_that_was_verified_may_set_the_clock(tmp_path):
    line = Line(tmp_path)
    line.conversation._settings = Settings(NAME, "broker.example.fi", 1, tmp_path)
    line.ack(0)
    assert line.clock.at() is None

    line.conversation._settings = line.settings
    line.ack(0)

    assert line.clock.at() == NOW_AT
    line.outbox.close()


def test_the_good_bye_says_why(line):
    topic, payload = line.conversation.bye("lost")

    assert topic == f"hymio/v1/{NAME}/up/bye"
    assert json.loads(payload) == {"v": 1, "epoch": line.outbox.epoch, "boot": 1, "reason": "lost"}


def test_a_kiosk_whose_broker_stays_away_waits_longer_each_time(line):
    line.conversation.is_answered = True  # once, on an earlier connection
    publisher = Publisher(line.settings, line.conversation, line.clock.uptime_ms, lambda _seconds: len(failures) == 4)
    failures = []
    publisher.pause_s = lambda in_a_row: failures.append(in_a_row) or 0.0
    publisher.run()

    assert failures == [1, 2, 3, 4]


def test_kiosks_do_not_come_back_all_at_once(line):
    publisher = Publisher(line.settings, line.conversation, line.clock.uptime_ms)

    waits = [[publisher.pause_s(failures) for _ in range(200)] for failures in (0, 1, 3, 50)]

    for bound_s, found in zip((1, 2, 8, 60), waits, strict=True):
        assert 0.5 <= min(found) < max(found) <= bound_s
        assert max(found) - min(found) > (bound_s - 0.5) / 2
