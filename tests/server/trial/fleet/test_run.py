"""What a fleet asks of the machine, and how it is refused."""

import os
import resource
from types import SimpleNamespace

import pytest

from server.trial.fleet import usage
from server.trial.fleet.account import simulate
from server.trial.fleet.hosts import Hosts
from server.trial.fleet.run import Plan, allow_files, switch_on
from server.trial.unstartable import Unstartable


def test_a_fleet_with_more_connections_than_files_are_allowed_is_refused_with_both_numbers(monkeypatch):
    monkeypatch.setattr(resource, "getrlimit", lambda _: (1_024, 4_096))
    with pytest.raises(Unstartable) as refused:
        allow_files(Plan(devices=10_000))

    assert "10200 open files for 10000 boxes" in refused.value.message
    assert "`ulimit -Hn` allows 4096" in refused.value.message


def test_a_folder_that_was_used_is_refused(tmp_path):
    (tmp_path / "hymio.db").touch()
    with pytest.raises(Unstartable, match="has a database already; choose an empty folder with --data"):
        simulate(Plan(), tmp_path, print)


def test_a_process_of_boxes_that_ends_by_itself_is_noticed_with_its_last_words(tmp_path):
    hosts = Hosts(tmp_path, {}, 4, 2, ("-c", "import sys; sys.exit('no memory left')"))
    for host in hosts.hosts:
        host.process.wait(30)
        host.end()

    assert hosts.died() == "status 1, no memory left"
    assert hosts.said == {}


def test_boxes_that_are_not_answered_end_the_trial_with_the_bridges_last_word():
    bridge = SimpleNamespace(last_words=lambda: "database away")
    trial = SimpleNamespace(
        plan=Plan(devices=20),
        group=SimpleNamespace(children={"bridge": bridge}),
        hosts=SimpleNamespace(said={"ready": 7}),
        say=str,
        wait=lambda *_: False,
    )
    with pytest.raises(Unstartable) as refused:
        switch_on(trial)

    assert "Only 7 of 20 boxes were told what to ask in time" in refused.value.message
    assert "The bridge's last word: database away" in refused.value.message


def test_the_kernel_says_what_a_process_used_and_nothing_of_one_that_is_gone():
    now_mib = usage.memory_mib(os.getpid())

    assert usage.peak_mib(os.getpid()) + 1 > now_mib > 1
    assert usage.processor_s(os.getpid()) > 0
    assert usage.peak_mib(0) == usage.processor_s(0) == 0
