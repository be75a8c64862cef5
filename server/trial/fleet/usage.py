"""What a process needed of the machine: its peak of memory, and its time on a processor."""

import os
from pathlib import Path

TICKS_PER_S = os.sysconf("SC_CLK_TCK")


def peak_mib(pid: int) -> float:
    """Return the most memory that a process ever held (VmHWM), in MiB; 0 when it has gone."""
    return status_kib(pid, "VmHWM") / 1024


def memory_mib(pid: int) -> float:
    """Return the memory that a process holds now (VmRSS), in MiB; 0 when it has gone."""
    return status_kib(pid, "VmRSS") / 1024


def status_kib(pid: int, name: str) -> int:
    """Return a line of what the kernel says of a process."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(name + ":")), 0)


def processor_s(pid: int) -> float:
    """Return for how long a process has been on a processor; 0 when it has gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(") ")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_S
