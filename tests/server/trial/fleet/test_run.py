"""What a fleet asks of the machine, and how it is refused."""

import os
import resource

import pytest

from server.trial.fleet import usage
from server.trial.fleet.account import simulate
from server.trial.fleet.run import Plan, allow_files
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


def test_the_kernel_says_what_a_process_used_and_nothing_of_one_that_is_gone():
    assert usage.peak_mib(os.getpid()) >= usage.memory_mib(os.getpid()) > 1
    assert usage.processor_s(os.getpid()) > 0
    assert usage.peak_mib(0) == usage.processor_s(0) == 0
