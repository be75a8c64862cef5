"""What is answered after the commit."""

from broker_bridge.acks import Outgoing, Replies, ack
from device.protocol import messages, topics


def test_an_ack_is_written_as_the_contract_writes_it():
    written = messages.encode("down/ack", {"epoch": "k3v9q0x2m1", "seq": 7, "now": 1795325101})

    assert ack("box-1", "k3v9q0x2m1", 7, 1795325101) == Outgoing(topics.topic("box-1", "down/ack"), written)


def test_acks_come_before_all_else_and_the_later_one_counts():
    replies = Replies(acks={("box-1", "e"): 1})
    replies.say("box-1", "down/refused", {"epoch": None, "reason": "json: not JSON in UTF-8"})

    replies.add(Replies(acks={("box-1", "e"): 2}))

    assert [reply.topic for reply in replies.outgoing(5)] == [
        topics.topic("box-1", "down/ack"),
        topics.topic("box-1", "down/refused"),
    ]
    assert b'"seq":2' in replies.outgoing(5)[0].payload
