"""What a box built on umqtt.simple does with a backlog: a publish of QoS 1 each, in turn: `umqtt_box.py PORT FILE`."""

import json
import sys
import time

from umqtt.simple import MQTTClient

client = MQTTClient("box-0001", "127.0.0.1", int(sys.argv[1]))
client.connect()
began = time.ticks_ms()
with open(sys.argv[2]) as file:
    for line in file:
        client.publish(b"hymio/v1/box-0001/up/responses", line.strip().encode(), qos=1)
print(json.dumps({"drained_ms": time.ticks_diff(time.ticks_ms(), began)}))
client.disconnect()
