"""Reasons in every language, with the rule that gave them."""

import pytest

from server.labels.reasons import CATALOGUES, reason
from server.labels.rules import Verdict
from server.texts import LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_has_a_reason_in_every_language(language):
    seen = {"presses": 6, "seconds": 4, "buttons": 3}
    told = [
        reason(CATALOGUES[language], Verdict(1, f"{rule}/1", seen)) for rule in ("burst", "mash", "staff", "closed")
    ]

    assert all(text.endswith("/1)") for text in told)
    assert [("6" in text, "4" in text) for text in told] == [(True, True)] * 3 + [(False, False)]
