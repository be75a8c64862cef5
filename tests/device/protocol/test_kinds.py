"""Each kind of value: what it takes, what it refuses, and where it says so."""

import json

from device.protocol import kinds, messages, topics
from tests.device.protocol.outcomes import refusal


def takes(kind, *values):
    return [value for value in values if refusal(kind.check, value, "it") is None] == list(values)


def refuses(kind, *values):
    return [value for value in values if refusal(kind.check, value, "it") is None] == []


def test_an_integer_is_taken_at_both_ends_of_its_range():
    assert takes(kinds.Integer(-1, 2), -1, 0, 1, 2)
    assert refuses(kinds.Integer(-1, 2), -2, 3, 10**400, -(10**400))


def test_what_only_looks_like_an_integer_is_refused():
    assert refuses(kinds.Integer(0, 9), True, False, 1.0, "1", None, [1], {}, 1e999)


def test_a_constant_is_itself_and_nothing_equal_to_it():
    assert takes(kinds.Constant(1), 1)
    assert refuses(kinds.Constant(1), 2, True, 1.0, "1", None, [1])


def test_a_share_is_from_nothing_to_all():
    assert takes(kinds.Share(), 0, 1, 0.0, 0.03, 1.0)
    assert refuses(kinds.Share(), -1, 2, 1.001, True, False, "0", None, 1e999, -1e999, 1e999 - 1e999)


def test_a_text_counts_characters_and_not_bytes():
    assert takes(kinds.Text(2), "", "a", "ää", "€€", "😀😀")
    assert refuses(kinds.Text(2), "aaa", "äää", "😀😀😀")
    assert refuses(kinds.Text(2, shortest=1), "")


def test_a_text_may_hold_what_can_be_stored():
    assert takes(kinds.Text(9), "\n\t\r", "\x01\x7f", "\ud7ff\ue000", "\ufeff", "\uffff")
    assert refuses(kinds.Text(9), "\0", "a\0b", chr(0xD800), "a" + chr(0xDFFF), chr(0xDBFF) + "b")


def test_a_pattern_is_met_by_the_whole_text():
    kind = kinds.Text(9, pattern="^[a-z]+$")

    assert takes(kind, "a", "abcdefghi")
    assert refuses(kind, "", "a\n", "\na", "a\0", "\0a", "a b", "ab1", "ä", "aä", chr(0xD800), "A")


def test_every_alphabet_holds_the_letters_that_it_names_and_no_other():
    lower, upper, digits = "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"
    # Kind, what stands around the letter, and the letters that may stand there.
    alphabets = (
        (messages.EPOCH, "{}", lower + upper + digits + "._-"),
        (messages.IDENTIFIER, "{}", lower + upper + digits + "._-"),
        (messages.SURVEY, "{}@1", lower + digits + "-"),
        (messages.SURVEY, "a@{}", "123456789"),
        (messages.SURVEY, "a@1{}", digits),
        (messages.LANGUAGE, "{}i", lower),
        (messages.LANGUAGE, "fi-{}", lower + upper + digits),
        (messages.COUNTS.key, "{}", digits),
        (messages.COUNTS.key, "-{}", "123456789"),
        (messages.COUNTS.key, "1{}", digits),
        (topics.DEVICE_ID, "a{}cd", lower + digits + "-"),
    )
    for kind, around, letters in alphabets:
        for code in list(range(300)) + [0x212A, 0x2028, 0xFEFF, 0xFF11, 0x1D7D9]:
            letter = chr(code)

            assert takes(kind, around.format(letter)) == (letter in letters), (around, code)


def test_a_choice_is_one_of_its_words():
    assert takes(kinds.Choice("sleep", "lost"), "sleep", "lost")
    assert refuses(kinds.Choice("sleep", "lost"), "", "slee", "Sleep", None, 1, ["sleep"], {"sleep": 1})


def test_null_is_taken_where_it_may_be():
    assert takes(kinds.Nullable(kinds.Integer(1, 2)), None, 1, 2)
    assert refuses(kinds.Nullable(kinds.Integer(1, 2)), 0, False, "", [])


def test_anything_is_taken_that_can_be_stored_exactly():
    assert takes(
        kinds.Anything(), None, True, False, 0, 2**53 - 1, 1 - 2**53, "", "ä" * 9999, [], {}, [{"a b": [None]}]
    )
    assert refuses(kinds.Anything(), 2**53, -(2**53), 0.5, 1.0, "\0", chr(0xD800), [[0.5]], {"a": {"\0": 1}})


def test_a_long_key_inside_anything_does_not_lengthen_the_reason():
    assert refusal(kinds.Anything().check, {"k" * 9999: {"l" * 9999: 0.5}}, "it") == "it must be an integer"


def test_a_list_names_its_bad_entry():
    kind = kinds.Listed(kinds.Integer(0, 9), 2)

    assert takes(kind, [], [1], [1, 2])
    assert refusal(kind.check, [1, 2, 3], "it") == "it must have at most 2 entries"
    assert refusal(kind.check, [1, "2"], "it") == "it[1] must be an integer"
    assert refuses(kind, None, (1,), {"0": 1}, "12", 12)


def test_a_mapping_names_its_bad_entry_and_not_its_bad_key():
    kind = kinds.Mapping(kinds.Text(4, pattern="^[a-z]+$"), kinds.Integer(0, 9), 2)

    assert takes(kind, {"a": 1}, {"a": 1, "b": 9})
    assert refuses(kind, {}, {"a": 1, "b": 2, "c": 3}, None, [], [["a", 1]], "a")
    assert refusal(kind.check, {"a": 1, "b": 10}, "it") == "it.b must be from 0 to 9"
    assert refusal(kind.check, {"A" * 9999: 1}, "it") == "it key must be 0 to 4 characters long"
    assert refusal(kind.check, {"\0": 1}, "it") == "it key must match ^[a-z]+$"


def test_fields_beyond_the_known_ones_are_left_out():
    kind = kinds.Fields({"a": kinds.Integer(0, 9)}, {"b": kinds.Integer(0, 9)})

    assert kind.check({"a": 1, "c": "?"}, "it") == {"a": 1}
    assert kind.check({"a": 1, "b": 2}, "it") == {"a": 1, "b": 2}
    assert refusal(kind.check, {"b": 2}, "it") == "it.a is missing"
    assert refusal(kind.check, {"b": 2}, "") == "a is missing"
    assert refusal(kind.check, {"a": 1, "b": None}, "it") == "it.b must be an integer"
    assert refusal(kind.check, [], "") == "message must be an object"


def test_what_is_checked_is_not_what_was_given():
    given = {"seq": 1, "lost": "crc", "mood": "good"}

    assert messages.RECORD.check(given, "it") == {"seq": 1, "lost": "crc"}
    assert given == {"seq": 1, "lost": "crc", "mood": "good"}


def test_a_record_has_one_shape():
    assert refusal(messages.RECORD.check, {}, "it") == "it.answers is missing"
    assert refusal(messages.RECORD.check, {"lost": "crc", "undoes": 1}, "it") == "it has both lost and undoes"
    assert refuses(messages.RECORD, None, [], "lost", 1)


def test_32_levels_are_read_and_33_are_not():
    assert refusal(kinds.refuse_unreadable, json.loads("[" * 32 + "]" * 32)) is None
    assert refusal(kinds.refuse_unreadable, json.loads("[" * 33 + "]" * 33)) == "json: nested deeper than 32 levels"
    assert refusal(kinds.refuse_unreadable, json.loads('{"a":' * 33 + "1" + "}" * 33)) is not None


def test_a_number_that_is_not_finite_is_found_at_any_depth():
    for number in (1e999, -1e999, 1e999 - 1e999):
        assert refusal(kinds.refuse_unreadable, {"a": [[1, number]]}) == "json: holds a number that is not finite"
    assert refusal(kinds.refuse_unreadable, [0, 0.0, 1e300, -1e300, 2**99]) is None


def test_a_key_that_is_no_string_is_found_before_keys_are_sorted():
    # MicroPython reads this payload, CPython does not; the answer is the same.
    payload = b'{"v": 1, "settings": "reception@3", "survey": {"a": 1, 2: 3}}'

    assert refusal(messages.decode, "hymio/v1/reception-1/down/settings", payload) == "json: not JSON in UTF-8"
    assert refusal(kinds.refuse_unreadable, [{"a": 1, 2: 3}]) == "json: not JSON in UTF-8"


def test_nesting_without_end_is_refused_and_not_recursed_into():
    for payload in (
        b"[" * 8192,
        b"[" * 4096 + b"]" * 4096,
        b'{"a":' * 1600,
        b'{"v":1,"a":' + b"[" * 4000 + b"]" * 4000 + b"}",
    ):
        reason = refusal(messages.decode, "hymio/v1/reception-1/up/hello", payload)

        # CPython's reader gives up first on some of these.
        assert reason in ("json: nested deeper than 32 levels", "json: not JSON in UTF-8"), reason


def test_of_two_faults_the_same_one_is_named_in_whatever_order_fields_came():
    # MicroPython keeps the fields of an object in no order, and takes the value of an entry before its key.
    for faults in ('{"a": 0.5, "b": "\\u0000"}', '{"b": "\\u0000", "a": 0.5}'):
        assert refusal(kinds.Anything().check, json.loads(faults), "it") == "it must be an integer"
    assert refusal(kinds.Anything().check, {"\0": 0.5}, "it") == "it key holds a character that cannot be stored"
    assert refusal(kinds.Mapping(kinds.Text(1), kinds.Integer(0, 1), 9).check, {"aa": "?"}, "it") == (
        "it key must be 0 to 1 characters long"
    )
