"""What the registry says decides what becomes of a press: its class by the press's own time, and whether it counts."""

import time
from datetime import UTC, datetime

import pytest

from device.protocol import messages
from server.trial import county
from tests.end_to_end import wire

OLD, NEW = "2536", "2538"
SCHEME = "kunta-aura-sample"


@pytest.fixture
def box(bench_with_server):
    """A box that stands at a reception, whose service class is the old one."""
    bench = bench_with_server
    content = (county.FOLDER / "aura_sample.csv").read_bytes()
    county.Registry(bench.trial.page).import_classes(SCHEME, content)
    bench.ask("POST", "units", code="health", name={"fi": "Terveysasema"}, time_zone="Europe/Helsinki")
    bench.ask("POST", "service-points", code="reception", unit="health", name={"fi": "Vastaanotto"})
    box = bench.box()
    bench.ask("POST", "placements", device_id=box.device_id, service_point="reception", valid_from="2025-01-01")
    return box


def link(bench, code: str, valid_from: str) -> int:
    linked = {"service_point": "reception", "scheme": SCHEME, "code": code, "valid_from": valid_from}
    return bench.ask("POST", "service-class-links", **linked)["id"]


def clock_at(box) -> int:
    box.write("state")
    return box.said["state"]["clock_at"]


def counted(bench, code: str) -> int:
    return bench.ask("GET", f"reports/summary?service_class={code}&question=smiley")["n"]


def test_a_press_counts_under_the_class_of_its_own_time(bench_with_server, box):
    bench = bench_with_server
    link_id = link(bench, OLD, "2025-01-01")
    bench.wait_until(lambda: clock_at(box) is not None)
    bench.group.hold("broker")
    bench.press(box, 5, 5)

    changed_at = int(time.time()) + 1
    changed = datetime.fromtimestamp(changed_at, UTC).isoformat()
    bench.ask("PATCH", f"service-class-links/{link_id}", valid_to=changed)
    link(bench, NEW, changed)
    bench.wait_until(lambda: clock_at(box) >= changed_at)
    bench.press(box, 5)
    bench.group.release("broker")

    assert bench.reckon().holds()
    assert [row.service_class for row in bench.rows()] == [OLD, OLD, NEW]
    assert (counted(bench, OLD), counted(bench, NEW)) == (2, 1)


def test_a_correction_of_the_past_moves_what_is_stored(bench_with_server, box):
    bench = bench_with_server
    bench.press(box, 1, 2, 3)
    bench.wait_until(box.drained)
    before = [row.service_class for row in bench.rows()]

    link(bench, OLD, "2025-01-01")

    assert before == [None, None, None]
    assert [row.service_class for row in bench.rows()] == [OLD, OLD, OLD]


def test_an_unknown_device_is_kept_as_rejected(bench_with_server):
    bench = bench_with_server
    hello = {"epoch": "e1", "next_seq": 1, "boot": 1, "uptime_s": 1}
    said = ("hymio/v1/stranger-1/up/hello", messages.encode("up/hello", hello))

    wire.say("stranger-1", bench.trial.mqtt_port, [said])
    bench.wait_until(lambda: bench.ask("GET", "completeness")["journals"])

    row = bench.ask("GET", "completeness")["journals"][0]
    assert (row["device_id"], row["epoch"], row["rejected"], row["stored"]) == ("stranger-1", "e1", 1, 0)
    assert [alarm["device_id"] for alarm in bench.ask("GET", "alarms")] == ["stranger-1"]
    assert bench.rows() == []
