"""The kiosk's certificate is said to end before it does."""

import pytest

from kiosk_app.certificate import ALARM, SOON_S, Certificate
from tests.device.cpython.authority import Authority

ENDS_AT = 1_830_297_600  # 2028-01-01


@pytest.fixture
def certificate(tmp_path):
    path, _ = Authority(tmp_path).issue("kiosk-1", not_after="20280101000000Z")
    return Certificate(path and tmp_path / "kiosk-1.pem")


def test_the_staff_see_its_last_day(certificate):
    assert (certificate.ends_at, certificate.told) == (ENDS_AT, "2028-01-01")


@pytest.mark.parametrize(
    ("now_at", "alarms"),
    [(None, []), (ENDS_AT - SOON_S - 1, []), (ENDS_AT - SOON_S + 1, [ALARM]), (ENDS_AT + 1, [ALARM])],
)
def test_it_is_an_alarm_from_a_month_before(certificate, now_at, alarms):
    assert certificate.alarms(now_at) == alarms


@pytest.mark.parametrize("content", [None, b"no certificate"])
def test_without_a_readable_one_there_is_nothing_to_say(tmp_path, content):
    path = tmp_path / "kiosk.pem"
    if content:
        path.write_bytes(content)

    assert (Certificate(path).told, Certificate(None).alarms(ENDS_AT)) == ("-", [])
