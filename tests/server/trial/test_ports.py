"""A server's port is never one that a connection is given by chance, nor one that another server is about to use."""

import random

from server.trial import ports

FIRST_OF_CONNECTIONS = 32_768  # as Linux has it, unless somebody widened /proc/sys/net/ipv4/ip_local_port_range


def test_a_free_port_lies_below_those_of_connections():
    assert {ports.free_port() < FIRST_OF_CONNECTIONS for _ in range(100)} == {True}


def test_no_port_is_free_twice(monkeypatch):
    monkeypatch.setattr(ports, "CHOICE", range(16_384, 16_484))
    monkeypatch.setattr(ports, "given", set())

    found = [ports.free_port() for _ in range(20)]

    assert len(set(found)) == 20


def test_two_who_seed_their_chance_alike_get_different_ports(monkeypatch):
    monkeypatch.setattr(ports, "given", set())
    found = []
    for _ in range(2):
        random.seed(7)
        found.append([ports.free_port() for _ in range(5)])
        ports.given.clear()

    assert found[0] != found[1]
