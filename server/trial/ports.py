"""Ports on loopback: the only address there is, until there are accounts and TLS."""

import random
import socket

from server.trial.unstartable import Unstartable

HOST = "127.0.0.1"

# Below the ports that kernels give to connections of their own: who asks one of those again and again for a server that
# is away is one day given the same port, and connected to itself.
CHOICE = range(16_384, 32_768)
chance = random.SystemRandom()  # whoever seeds the other one, as tests do, would meet whoever seeded it alike
given: set[int] = set()


def free_port() -> int:
    """Return a port that nobody uses at this moment, that no connection is given by chance, and each only once."""
    while True:
        port = chance.choice(CHOICE)
        with socket.socket() as found:
            try:
                found.bind((HOST, port))
            except OSError:
                continue
        if port not in given:
            given.add(port)
            return port


def refuse_taken(port: int, option: str) -> None:
    """Raise Unstartable when a port cannot be had, naming the option that chooses another."""
    with socket.socket() as tried:
        # As the servers do it: connections of a group that just ended must not count as somebody else.
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((HOST, port))
        except OSError as error:
            reason = error.strerror or str(error)
            raise Unstartable(f"Port {port} cannot be used ({reason}); choose another with {option}.") from error


def answers(port: int) -> bool:
    """Tell whether somebody accepts connections at a port."""
    try:
        socket.create_connection((HOST, port), timeout=1).close()
    except OSError:
        return False
    return True
