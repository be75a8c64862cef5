"""One record, one spelling, one hash."""

import binascii
import hashlib
import json

from device.protocol import canonical, messages


def cases():
    with open("device/protocol/golden/canonical.json", encoding="utf-8") as file:
        return json.load(file)


def content_of(record):
    return messages.content(messages.RECORD.check(record, "record"))


def test_the_content_of_every_golden_record_is_spelled_as_written():
    for case in cases():
        assert canonical.dumps(content_of(case["record"])) == case["canonical"], case["says"]


def test_the_content_of_every_golden_record_has_its_hash():
    for case in cases():
        digest = hashlib.sha256(canonical.dumps(content_of(case["record"])).encode()).digest()

        assert binascii.hexlify(digest).decode() == case["sha256"], case["says"]


def test_what_is_spelled_reads_as_what_it_was():
    for case in cases():
        content = content_of(case["record"])

        assert json.loads(canonical.dumps(content)) == content, case["says"]


def test_the_order_in_which_fields_came_does_not_matter():
    assert canonical.dumps({"b": [1], "a": {"d": 1, "c": 2}}) == canonical.dumps({"a": {"c": 2, "d": 1}, "b": [1]})


def test_null_and_truth_and_nothing_are_spelled():
    assert canonical.dumps([None, True, False, {}, [], "", 0, -1]) == '[null,true,false,{},[],"",0,-1]'


def test_a_short_fraction_is_spelled_alike():
    assert canonical.dumps([0.03, 0.5, 1.0, 0.0]) == "[0.03,0.5,1.0,0.0]"


def test_a_list_and_a_tuple_are_spelled_alike():
    assert canonical.dumps((1, (2,))) == canonical.dumps([1, [2]])


def test_every_control_character_is_escaped():
    short = {8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r"}
    for code in range(32):
        assert canonical.dumps(chr(code)) == '"' + short.get(code, f"\\u{code:04x}") + '"', code


def test_no_other_character_is_escaped():
    for letter in "/'\x7f\x80ä\u2028\u2029\ufeff\uffff😀":
        assert canonical.dumps(letter) == '"' + letter + '"', letter


def test_keys_are_escaped_and_sorted_by_code_point():
    shuffled = {"😀": 1, "\uffff": 2, 'a"': 3, "a": 4, "A": 5}

    assert canonical.dumps(shuffled) == '{"A":5,"a":4,"a\\"":3,"\uffff":2,"😀":1}'


def test_half_a_pair_is_escaped_for_utf_8_cannot_carry_it():
    for half, spelled in ((chr(0xD800), "\\ud800"), (chr(0xDFFF), "\\udfff")):
        assert canonical.dumps({"a" + half: half}).encode() == f'{{"a{spelled}":"{spelled}"}}'.encode()
    assert canonical.dumps("\ud7ff\ue000") == '"\ud7ff\ue000"'
