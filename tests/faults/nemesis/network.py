"""A network of the nemesis's own, in which the kernel loses packets: a namespace with a loopback that nobody else uses.

Nothing of the machine's own network is touched. Without root, or without `unshare` and `nft`, the proxy has to do.
"""

import os
import shutil
import subprocess
import sys
from contextlib import contextmanager

INSIDE = "HYMIO_NEMESIS_INSIDE"  # set for the process that was started in the namespace
TABLE = ("inet", "nemesis")
RULES = """
table inet nemesis {{
    chain wire {{
        type filter hook input priority 0;
        tcp dport {port} {chance} drop
        tcp sport {port} {chance} drop
    }}
}}
"""


def rules(port, percent):
    """Return the rules that lose so many packets in a hundred."""
    return RULES.format(port=port, chance="" if percent == 100 else f"numgen random mod 100 < {percent}")


def enter(module, arguments):
    """Start this program anew in a namespace, where that can be had; return when it cannot, or when we are inside."""
    if os.environ.get(INSIDE) or not can_be_had():
        return
    command = [*UNSHARE, sys.executable, "-m", module, *arguments]
    os.execvpe(command[0], command, os.environ | {INSIDE: "1"})


UNSHARE = ("unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh")


def can_be_had():
    """Tell whether root may make a namespace, and lose packets in it."""
    if not all(map(shutil.which, ("unshare", "ip", "nft"))):
        return False
    tried = subprocess.run(
        [*UNSHARE, "nft", "-f", "-"],
        input=rules(1, 50),
        text=True,
        check=False,
        capture_output=True,
    )
    return tried.returncode == 0


def is_ours():
    """Tell whether this process is in a namespace of its own."""
    return bool(os.environ.get(INSIDE))


@contextmanager
def losing(port, percent):
    """Let the kernel lose so many packets in a hundred that go to a port or come from it; all of them are a hole."""
    subprocess.run(["nft", "-f", "-"], input=rules(port, percent), text=True, check=True)
    try:
        yield
    finally:
        subprocess.run(["nft", "delete", "table", *TABLE], check=True)
