"""What may tell who somebody is does not leave the comment that it stands in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.responses.masking import masked

CENTURY_SIGNS = "+-ABCDEFUVWXY"


@pytest.mark.parametrize("sign", CENTURY_SIGNS)
def test_identity_codes_of_every_century_are_hidden(sign):
    assert masked(f"tunnukseni on 010199{sign}123X kiitos") == "tunnukseni on [identity code] kiitos"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("soittakaa 040 123 4567", "soittakaa [number]"),
        ("soittakaa +358 (0)40-1234567.", "soittakaa [number]."),
        ("numero on 0401234567", "numero on [number]"),
        ("kirjoita aino.virtanen@esimerkki.fi", "kirjoita [address]"),
        ("katso https://esimerkki.fi/aino?x=1", "katso [address]"),
        ("tili FI21 1234 5600 0007 85", "tili [account]"),
        ("auto abc-123 oli tiellä", "auto [registration] oli tiellä"),
        ("olin siellä 24.12.2026 aamulla", "olin siellä [date] aamulla"),
        ("hoitaja Aino Virtanen oli ystävällinen", "hoitaja [name] oli ystävällinen"),
        ("sköterskan Åsa Öman-Berg var snäll", "sköterskan [name] var snäll"),
        ("lääkäri, Mäkinen, ei kuunnellut", "lääkäri, [name], ei kuunnellut"),
        ("divššár Máret lei buorre", "divššár [name] lei buorre"),
        ("my number: 040-1234567, ask for Matti", "my number: [number], ask for [name]"),
    ],
)
def test_what_identifies_is_replaced_by_its_kind(text, shown):
    assert masked(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "Kiitos! Hyvä palvelu. Tulen uudestaan.",
        "odotin 45 minuuttia, 2 kertaa",
        "arvosana 10/10",
        "klo 8.30 ei ollut ketään",
        "3 lasta ja 2 aikuista",
        "",
    ],
)
def test_other_words_and_small_numbers_stay(text):
    assert masked(text) == text


@given(st.text(st.characters(codec="utf-8"), max_size=300))
def test_any_text_can_be_masked_and_no_long_number_is_left(text):
    assert all(len(word) < 5 or not word.isascii() or not word.isdigit() for word in masked(text).split())


@given(st.text(max_size=60), st.sampled_from(CENTURY_SIGNS), st.text(max_size=60))
def test_an_identity_code_is_found_wherever_it_stands(before, sign, after):
    code = f"010199{sign}123X"

    assert code not in masked(f"{before} {code} {after}")
