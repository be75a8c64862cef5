"""A server's port is never one that a connection is given by chance."""

from pathlib import Path

from server.trial import ports


def test_a_free_port_lies_below_those_of_connections():
    first, _ = Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()

    assert {ports.free_port() < int(first) for _ in range(100)} == {True}
