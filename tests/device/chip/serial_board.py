"""A board on a serial line, as far as mpremote knows: the raw REPL on standard input and output, files in a directory.

Run as `serial_board.py ROOT`. `machine.reset()` starts what was put there, as boot.py does.
"""

import io
import os
import sys

import machine

WINDOW = 256
RAW = "raw REPL; CTRL-B to exit\r\n>"


class Board:
    """Obeys one byte after the other; `code` is what was typed since the last Ctrl-D."""

    def __init__(self):
        self.names = {}
        self.code = b""
        self.is_raw = False

    def obey(self, byte):
        if byte == b"\x01":
            self.is_raw, self.code = True, b""
            self.say(RAW)
        elif byte == b"\x02":
            self.is_raw = False
            self.say("\r\n>>> ")
        elif byte == b"\x03":
            self.code = b""
        elif byte == b"\x04":
            self.obey_code() if self.is_raw and self.code else self.soft_reset()
        elif byte == b"\x05":
            sys.stdin.buffer.read(2)
            self.paste()
        else:
            self.code += byte

    def say(self, text):
        sys.stdout.write(text)

    def soft_reset(self):
        self.names = {}
        self.say("OK\r\nMPY: soft reboot\r\n" + (RAW if self.is_raw else ">>> "))

    def paste(self):
        """Take code as fast as it comes: a byte tells the other end that there is room for WINDOW more."""
        self.say("R\x01\x00\x01")
        code = bytearray()
        byte = sys.stdin.buffer.read(1)
        while byte != b"\x04":
            code += byte
            if len(code) % WINDOW == 0:
                self.say("\x01")
            byte = sys.stdin.buffer.read(1)
        self.say("\x04")
        self.run(bytes(code))

    def obey_code(self):
        code, self.code = self.code, b""
        self.say("OK")
        self.run(code)

    def run(self, code):
        trouble = io.StringIO()
        try:
            exec(code, self.names)
        except Exception as error:
            sys.print_exception(error, trouble)
        self.say("\x04" + trouble.getvalue() + "\x04>")


def main(root):
    os.chdir(root)
    board = Board()
    try:
        while True:
            byte = sys.stdin.buffer.read(1)
            if not byte:
                return
            board.obey(byte)
    except machine.Off:
        machine.events[:] = []
        sys.argv[1:] = [root]
        __import__("boot")


main(*sys.argv[1:])
