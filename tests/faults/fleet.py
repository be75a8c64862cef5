"""Devices on a real broker: each sends its journal, and again what nobody acknowledged."""

import json
import threading
import time
from collections.abc import Iterable
from types import TracebackType
from typing import Any, Self

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from tests.faults.journal import BATCH, Journal

HOST = "127.0.0.1"
AHEAD = 4 * BATCH
PATIENT_S = 1.0  # doubled while no ack comes, as a device does it: a bridge that is slow must not be flooded
LONGEST_PATIENT_S = 4.0


class Device:
    """One device: what it holds, how far it was told that this is stored, and its connection."""

    def __init__(self, journal: Journal, port: int) -> None:
        self.journal = journal
        self.acknowledged = 0
        self.sent = 0
        self.limit = 0
        self.refused: list[bytes] = []
        self.progress_s = 0.0
        self.patience_s = PATIENT_S
        self.changed = threading.Lock()
        self.client = Client(CallbackAPIVersion.VERSION2)
        self.client.username_pw_set(journal.device_id)
        self.client.reconnect_delay_set(1, 1)
        self.client.on_connect = self.connected
        self.client.on_message = self.hear
        self.client.connect_async(HOST, port)
        self.client.loop_start()

    def connected(self, *_: Any) -> None:
        """Say hello, and begin again with what is not acknowledged."""
        self.client.subscribe(self.journal.topic("down/#"), qos=1)
        self.client.publish(self.journal.topic("up/hello"), self.journal.hello(), qos=1)
        self.sent = self.acknowledged

    def hear(self, _client: Client, _userdata: object, message: MQTTMessage) -> None:
        """Take an ack; nothing is forgotten that it does not cover."""
        if message.topic.endswith("/refused"):
            self.refused.append(message.payload)
        if message.topic.endswith("/ack"):
            with self.changed:
                self.acknowledged = max(self.acknowledged, json.loads(message.payload)["seq"])
                self.progress_s = time.monotonic()
                self.patience_s = PATIENT_S

    def tend(self) -> None:
        """Send what may be sent; send again when no ack has come for a while."""
        if not self.client.is_connected():
            return
        with self.changed:
            if time.monotonic() - self.progress_s > self.patience_s:
                self.sent = self.acknowledged
                self.progress_s = time.monotonic()
                self.patience_s = min(2 * self.patience_s, LONGEST_PATIENT_S)
            self.sent = max(self.sent, self.acknowledged)
        while self.sent < min(self.acknowledged + AHEAD, self.limit):
            most = min(BATCH, self.limit - self.sent)
            self.client.publish(self.journal.topic("up/responses"), self.journal.batch(self.sent, most), qos=1)
            self.sent += most


class Fleet:
    """Several devices; `run_to` lets them press and waits until all of it is acknowledged."""

    def __init__(self, journals: Iterable[Journal], port: int) -> None:
        self.devices = [Device(journal, port) for journal in journals]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for device in self.devices:
            device.client.disconnect()
            device.client.loop_stop()

    @property
    def acknowledged(self) -> dict[str, int]:
        """Return how far each device was told that its journal is stored."""
        return {device.journal.device_id: device.acknowledged for device in self.devices}

    def press_to(self, limit: int) -> None:
        """Let every device press up to this number; what is due is sent at the next `tend`."""
        for device in self.devices:
            device.limit = min(limit, len(device.journal.values))

    def tend(self) -> None:
        """Let every device send what it may."""
        for device in self.devices:
            device.tend()

    def settled(self) -> bool:
        """Tell whether all that was pressed is acknowledged."""
        return all(device.acknowledged >= device.limit for device in self.devices)

    def settle(self, patience_s: float = 120) -> None:
        """Send until everything is acknowledged."""
        deadline_s = time.monotonic() + patience_s
        while not self.settled():
            assert time.monotonic() < deadline_s, f"not acknowledged in time: {self.acknowledged}"
            self.tend()
            time.sleep(0.005)
