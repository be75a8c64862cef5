"""One MQTT connection over a stream: every wait has a deadline, and silence ends it."""

import asyncio

from device import mqtt, seldom
from device.settings import Settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


class ConnectionLost(Exception):
    """The connection is of no more use; the text says why."""


class Connection:
    """`publish` queues and `flush` writes, one write a packet, so that only one task ever writes.

    An MQTT PUBACK from the broker is read and forgotten: it says nothing about the database.
    """

    def __init__(self, reader: "Any", writer: "Any", now_ms: "Callable[[], int]", timeout_s: float) -> None:
        self._reader = reader
        self._writer = writer
        self._now_ms = now_ms
        self._timeout_s = timeout_s
        self._parser = mqtt.Parser()
        self._queued: list[bytes] = []
        self._early: list[mqtt.Packet] = []  # came before the answer that was waited for
        self._packet_id = 0
        self._keep_alive_ms = 0
        self._heard_ms = now_ms()
        self._pinged_ms = self._heard_ms

    async def start(self, connect: bytes, keep_alive_s: int, topic_filter: str) -> None:
        """Introduce the device to the broker and subscribe; ConnectionLost when either is refused."""
        self._keep_alive_ms = keep_alive_s * 1000
        self._queued.append(connect)
        code = await self._answer(mqtt.CONNACK)
        if code:
            raise ConnectionLost("the broker refuses the device, code " + str(code))
        self._queued.append(mqtt.subscribe(self._next_id(), topic_filter))
        if await self._answer(mqtt.SUBACK) > 2:
            raise ConnectionLost("the broker refuses the subscription")

    def _next_id(self) -> int:
        self._packet_id = mqtt.next_packet_id(self._packet_id)
        return self._packet_id

    async def _answer(self, kind: int) -> int:
        await self.flush()
        for _ in range(16):
            packets: list[mqtt.Packet] = await before(self._timeout_s, self._read(), "the broker does not answer")
            answers = [packet for packet in packets if packet.kind == kind]
            self._early += [packet for packet in packets if packet.kind != kind]
            if answers:
                code: int = answers[0].code
                return code
        raise ConnectionLost("the broker answers something else")

    async def _read(self) -> "list[mqtt.Packet]":
        data = await self._reader.read(1024)
        if not data:
            raise ConnectionLost("the broker closed the connection")
        self._heard_ms = self._now_ms()
        return self._parser.feed(data)

    async def receive(self) -> "list[mqtt.Packet]":
        """Wait for packets; every PUBLISH is answered, which tells the broker and nobody else that it came."""
        packets = self._early or await self._read()
        self._early = []
        for packet in packets:
            if packet.kind == mqtt.PUBLISH and packet.packet_id:
                self._queued.append(mqtt.puback(packet.packet_id))
        return packets

    def publish(self, topic: str, payload: bytes) -> int:
        """Queue a message and return its packet id."""
        packet_id = self._next_id()
        self._queued.append(mqtt.publish(packet_id, topic, payload))
        return packet_id

    async def flush(self) -> None:
        """Write what is queued, and a ping when it is due; ConnectionLost when the other end is silent."""
        self._keep_alive()
        if self._queued:
            # In one piece: small writes wait for the other end's delayed ACK, 40 ms each.
            packets = b"".join(self._queued) if len(self._queued) > 1 else self._queued[0]
            self._queued = []
            self._writer.write(packets)
            await before(self._timeout_s, self._writer.drain(), "the network takes nothing")

    def _keep_alive(self) -> None:
        silent_ms = self._now_ms() - self._heard_ms
        if not self._keep_alive_ms or silent_ms < self._keep_alive_ms // 2:
            return
        if silent_ms > self._keep_alive_ms * 3 // 2:
            raise ConnectionLost("the broker is silent")
        if self._now_ms() - self._pinged_ms >= self._keep_alive_ms // 2:
            self._pinged_ms = self._now_ms()
            self._queued.append(mqtt.PINGREQ_PACKET)

    async def stop(self) -> None:
        """Write what is queued and part in order: the broker then drops the will."""
        self._queued.append(mqtt.DISCONNECT_PACKET)
        await self.flush()

    async def close(self) -> None:
        """Drop the socket; without `stop` before it the broker publishes the will."""
        self._writer.close()
        try:
            # MicroPython closes the socket here and nowhere else: without it a box runs out of sockets.
            await before(self._timeout_s, self._writer.wait_closed(), "the socket does not close")
        except (OSError, ConnectionLost):
            pass  # it was gone already


async def connect(settings: Settings, now_ms: "Callable[[], int]", timeout_s: float) -> Connection:
    """Open a stream to the broker; OSError, ValueError or ConnectionLost when there is none that verifies itself.

    TLS shakes hands with the first packet, so that the deadline of its answer holds for both.
    """
    secured: dict[str, Any] = {}
    if settings.tls:
        from device import secure  # noqa: PLC0415  # needed seldom: seldom.py

        secured["ssl"] = secure.context(settings.tls)
        secured["server_hostname"] = settings.tls.get("server_hostname")
    opening = asyncio.open_connection(settings.host, settings.port, **secured)
    # What the last connection left: its TLS is given back when its objects are collected.
    seldom.forget()
    reader, writer = await before(timeout_s, opening, "the broker cannot be reached")
    return Connection(reader, writer, now_ms, timeout_s)


async def before(timeout_s: float, awaitable: "Any", trouble: str) -> "Any":
    """Wait for something with a deadline; ConnectionLost names what did not happen."""
    try:
        return await asyncio.wait_for(awaitable, timeout_s)
    except asyncio.TimeoutError:
        raise ConnectionLost(trouble)
