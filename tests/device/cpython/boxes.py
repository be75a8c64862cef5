"""A real broker, a scripted bridge and the real simulator process, for tests that pull plugs."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

from paho.mqtt.client import CallbackAPIVersion, Client

from server.trial.ports import free_port

ROOT = Path(__file__).resolve().parents[3]
MICROPYTHON = os.environ.get("MICROPYTHON") or str(Path(sys.executable).parent / "micropython")
MOSQUITTO = shutil.which("mosquitto", path=os.environ.get("PATH", "") + ":/usr/sbin")
SURVEY = {"questions": [{"id": "smiley", "kind": "smiley5", "text": {"fi": "Miten meni?"}}]}


def until(condition, what, timeout_s=90):
    """Wait for a condition; fail with its name when it does not come."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "not in time: " + what
        time.sleep(0.02)


class Broker:
    """mosquitto on loopback; what it holds is gone when it is killed.

    `port` is for the bridge and in the clear; `secured` are the lines of one more listener, on `secure_port`.
    """

    def __init__(self, directory, secured=""):
        self.port = free_port()
        self.conf = directory / "mosquitto.conf"
        own = "per_listener_settings true\nuser root\nmax_packet_size 16384\n"
        plain = f"listener {self.port} 127.0.0.1\nallow_anonymous true\n"
        if secured:
            self.secure_port = free_port()
            secured = f"listener {self.secure_port} 127.0.0.1\n{secured}"
        self.conf.write_text(own + plain + secured)
        self.start()

    def start(self):
        command = [MOSQUITTO, "-c", str(self.conf)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(self.is_listening, "the broker")

    def is_listening(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def kill(self):
        self.process.kill()
        self.process.wait()


class Bridge:
    """Stores in memory what comes, and acknowledges it; `is_deaf` makes it drop what comes instead."""

    def __init__(self, port):
        self.stored = {}  # (epoch, seq) -> record
        self.conflicts = []
        self.said = []  # every (name, fields) from the box
        self.is_deaf = False
        self.lock = threading.Lock()
        self.client = Client(CallbackAPIVersion.VERSION2, "bridge", reconnect_on_failure=True)
        self.client.reconnect_delay_set(1, 1)
        self.client.on_connect = lambda client, *_: client.subscribe("hymio/v1/+/up/#", 1)
        self.client.on_message = self.on_message
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()
        until(self.client.is_connected, "the bridge")

    def on_message(self, client, _userdata, message):
        _, _, device_id, name = message.topic.split("/", 3)
        fields = json.loads(message.payload)
        with self.lock:
            self.said.append((name, fields))
            if self.is_deaf or name == "up/bye":
                return
            self.store(fields)
            ack = {"epoch": fields["epoch"], "seq": self.contiguous(fields["epoch"]), "now": int(time.time())}
            self.say(device_id, "ack", ack)
            if name == "up/hello" and fields.get("settings") != "reception@3":
                self.say(device_id, "settings", {"settings": "reception@3", "survey": SURVEY, "languages": ["fi"]})

    def store(self, fields):
        for record in fields.get("responses", []):
            identity = (fields["epoch"], record["seq"])
            if self.stored.setdefault(identity, record) != record:
                self.conflicts.append(record)

    def contiguous(self, epoch):
        seq = 0
        while (epoch, seq + 1) in self.stored:
            seq += 1
        return seq

    def say(self, device_id, name, fields):
        self.client.publish(f"hymio/v1/{device_id}/down/{name}", json.dumps({"v": 1} | fields), qos=1)

    def stop(self):
        self.client.disconnect()
        self.client.loop_stop()
        self.client.on_message = None  # so that paho's sockets are closed here, not whenever memory is collected


class Box:
    """The simulator in a process of its own; its folder is its flash."""

    options = ()

    def __init__(self, directory, port, command=("-m", "device.simulator"), **more):
        self.directory = directory
        self.command = command
        self.set(port=port, **more)
        self.start()

    def set(self, **more):
        """Write its settings, for the next start."""
        fast = {"ack_timeout_ms": 500, "retry_ms": 50, "longest_retry_ms": 200, "keep_alive_s": 2}
        settings = {"device_id": "box-0001", "model": "button-5", "host": "127.0.0.1"}
        (self.directory / "settings.json").write_text(json.dumps(settings | fast | more))

    def start(self):
        self.events = []
        self.process = subprocess.Popen(
            [MICROPYTHON, *self.command, "--dir", str(self.directory), *self.options],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.reader = threading.Thread(target=self.read, args=(self.process.stdout, self.events))
        self.reader.start()

    @staticmethod
    def read(stdout, events):
        for line in stdout:
            events.append(json.loads(line))

    def order(self, command):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()

    def newest(self, event):
        return next((told for told in reversed(self.events) if told["event"] == event), {})

    def logged(self, event):
        log = self.directory / "log.jsonl"
        whole = log.read_text().rpartition("\n")[0] if log.exists() else ""  # the last line may be half written yet
        lines = [json.loads(line) for line in whole.splitlines()]
        return [line for line in lines if line["event"] == event]

    def press(self, button):
        """Press and wait for the light."""
        before = len(self.logged("thanked")) + len(self.logged("refused"))
        self.order(f"press {button}")
        until(lambda: len(self.logged("thanked")) + len(self.logged("refused")) > before, "the light")

    def state(self):
        self.order("state")
        until(lambda: self.newest("state"), "the state")
        return self.newest("state")

    def kill(self):
        """Pull the plug."""
        self.process.send_signal(signal.SIGKILL)
        self.end()

    def stop(self):
        """End its input, which is how its person switches it off."""
        self.process.stdin.close()
        self.end()

    def end(self):
        self.process.wait(60)
        self.reader.join(60)
        self.process.stdout.close()
        if not self.process.stdin.closed:
            try:
                self.process.stdin.close()
            except BrokenPipeError:
                pass


def missing(box, bridge):
    """Return the thanked presses that the bridge does not hold word for word."""
    lost = []
    for thanked in box.logged("thanked"):
        record = bridge.stored.get((thanked["epoch"], thanked["seq"]))
        if record != thanked["content"] | {"seq": thanked["seq"]}:
            lost.append(thanked)
    return lost
