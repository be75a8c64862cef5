"""The kernel loses packets in a namespace of our own, and nowhere else."""

import json
import subprocess
import sys

import pytest

from tests.faults.nemesis.network import UNSHARE, can_be_had, is_ours

TRIED = """
import json, socket
from tests.faults.nemesis.network import losing

def connects():
    try:
        socket.create_connection(("127.0.0.1", port), timeout=0.5).close()
    except OSError:
        return False
    return True

with socket.create_server(("127.0.0.1", 0)) as server:
    port = server.getsockname()[1]
    found = [connects()]
    with losing(port, 100):
        found.append(connects())
    found.append(connects())
print(json.dumps(found))
"""


@pytest.mark.skipif(not can_be_had(), reason="no root, or no unshare and nft")
def test_a_black_hole_swallows_a_connection_and_is_closed_again(repository):
    told = subprocess.check_output([*UNSHARE, sys.executable, "-c", TRIED], cwd=repository, text=True, timeout=60)

    assert json.loads(told) == [True, False, True]


def test_this_process_is_in_the_machines_own_network():
    assert not is_ours()
