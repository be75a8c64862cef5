"""The wire contract between whatever collects responses and the bridge, on MicroPython and CPython alike."""
