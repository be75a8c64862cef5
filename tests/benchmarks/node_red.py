"""Node-RED with its SQLite node, set up as an expert would: hundreds of rows in a statement, a write-ahead log."""

import json
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from server.trial.ports import free_port
from tests.benchmarks.backlog import HOST, Broker
from tests.benchmarks.workload import Said

HOME = Path("build/node-red")
PACKAGES = ("node-red@4.1.15", "node-red-node-sqlite@1.1.1")
PATIENCE_S = 600.0

GATHER = """
const rows = context.get('rows') || [];
const quoted = text => "'" + String(text).replace(/'/g, "''") + "'";
for (const each of msg.payload.responses) {
    const answers = quoted(JSON.stringify(each.answers));
    rows.push('(' + [quoted(msg.topic), each.seq, each.at, quoted(each.survey), answers] + ')');
}
const flush = () => {
    const gathered = context.get('rows') || [];
    if (!gathered.length) return;
    context.set('rows', []);
    node.send({topic: 'INSERT INTO responses VALUES ' + gathered.join(',')});
};
context.set('rows', rows);
if (rows.length >= 500) flush();
else if (!context.get('timer')) context.set('timer', setTimeout(() => { context.set('timer', null); flush(); }, 20));
"""


def installed() -> Path | None:
    """Return Node-RED's program, fetched by npm when it is not there; None, and why, when it cannot be had."""
    program = HOME / "node_modules" / "node-red" / "red.js"
    if program.exists():
        return program.resolve()
    if not shutil.which("npm"):
        print("no Node-RED: there is no npm", file=sys.stderr)
        return None
    print("fetching Node-RED (once, some minutes)", file=sys.stderr)
    command = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(HOME), *PACKAGES]
    try:
        subprocess.run(command, check=True, timeout=PATIENCE_S, stdout=subprocess.DEVNULL)
    except (subprocess.SubprocessError, OSError) as trouble:
        print(f"no Node-RED: {trouble}", file=sys.stderr)
        return None
    return program.resolve()


def flow(broker_port: int, database: Path) -> list[dict]:
    """Return the flow: messages in, rows gathered, one statement out. A node without a place on the canvas would be
    taken for one of configuration, and never run."""
    return [
        {"id": "tab", "type": "tab", "label": "ingest"},
        {
            "id": "broker",
            "type": "mqtt-broker",
            "name": "",
            "broker": HOST,
            "port": str(broker_port),
            "clientid": "node-red",
            "autoConnect": True,
            "usetls": False,
            "protocolVersion": "4",
            "keepalive": "60",
            "cleansession": False,
        },
        {
            "id": "in",
            "x": 100,
            "y": 100,
            "type": "mqtt in",
            "z": "tab",
            "topic": "hymio/v1/+/up/#",
            "qos": "1",
            "datatype": "json",
            "broker": "broker",
            "nl": False,
            "rap": True,
            "rh": 0,
            "inputs": 0,
            "wires": [["gather"]],
        },
        {
            "id": "gather",
            "x": 100,
            "y": 100,
            "type": "function",
            "z": "tab",
            "name": "gather",
            "func": GATHER,
            "outputs": 1,
            "noerr": 0,
            "initialize": "",
            "finalize": "",
            "libs": [],
            "wires": [["write"]],
        },
        {"id": "database", "type": "sqlitedb", "db": str(database), "mode": "RWC"},
        {
            "id": "write",
            "x": 100,
            "y": 100,
            "type": "sqlite",
            "z": "tab",
            "mydb": "database",
            "sqlquery": "msg.topic",
            "sql": "",
            "name": "",
            "wires": [[]],
        },
    ]


def take(program: Path, broker: Broker, folder: Path, messages: Sequence[Said]) -> float:
    """Let Node-RED take a backlog; return the seconds from its first row to its last."""
    database, expected = folder / "node-red.db", sum(message.responses for message in messages)
    with sqlite3.connect(database) as made:
        made.execute("PRAGMA journal_mode = WAL")
        made.execute("CREATE TABLE responses (topic TEXT, seq INTEGER, at INTEGER, survey TEXT, answers TEXT)")
    made.close()
    (folder / "flows.json").write_text(json.dumps(flow(broker.port, database)))
    (folder / "settings.js").write_text(
        f"module.exports = {{flowFile: 'flows.json', uiHost: '{HOST}', uiPort: {free_port()}, "
        f"nodesDir: {json.dumps(str(HOME.resolve() / 'node_modules'))}, httpAdminRoot: false, credentialSecret: false, "
        "logging: {console: {level: 'error'}}}"
    )
    broker.queue("node-red", messages)
    command = ["node", str(program), "--userDir", str(folder), "--settings", str(folder / "settings.js")]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        return seconds_until(process, database, expected)
    finally:
        process.terminate()
        process.wait(30)


def seconds_until(process: "subprocess.Popen[bytes]", database: Path, expected: int) -> float:
    """Return the seconds from the first stored row to the last."""
    begun_s = None
    deadline_s = time.monotonic() + PATIENCE_S
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        while True:
            stored = connection.execute("SELECT max(rowid) FROM responses").fetchone()[0] or 0
            now_s = time.monotonic()
            begun_s = now_s if stored and begun_s is None else begun_s
            if stored >= expected and begun_s is not None:
                return now_s - begun_s
            assert process.poll() is None, "Node-RED ended"
            assert now_s < deadline_s, f"Node-RED stored {stored} of {expected}"
            time.sleep(0.01)
