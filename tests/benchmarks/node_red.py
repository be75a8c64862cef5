"""Node-RED with its SQLite node, set up as an expert would: hundreds of rows in a statement, a write-ahead log.

As `ONE_TABLE` it has what one would draw: a table in which a response has its identity for a key, so that nothing is
stored twice. As `OUR_TABLES` it fills the two tables that the bridge fills, a hash for each response in them. Neither
attaches anything, checks anything or counts into rollups, and both tell the broker before they store: killed, they lose
what they hold.
"""

import json
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from server.trial.ports import free_port
from tests.benchmarks import workload
from tests.benchmarks.backlog import HOST, Broker
from tests.benchmarks.workload import Said

HOME = Path("build/node-red")
PACKAGES = ("node-red@4.1.15", "node-red-node-sqlite@1.1.1")
PATIENCE_S = 600.0
MOST_S = 120.0  # for what takes seconds
TABLE = """
CREATE TABLE responses (topic TEXT, epoch TEXT, seq INTEGER, at INTEGER, survey TEXT, answers TEXT, received_ms INTEGER,
                        PRIMARY KEY (topic, epoch, seq))
"""

ONE_ROW = """
for (const each of msg.payload.responses) {
    const answers = quoted(JSON.stringify(each.answers));
    const identity = [quoted(msg.topic), quoted(msg.payload.epoch), each.seq];
    rows.push('(' + [...identity, each.at, quoted(each.survey), answers, Date.now()] + ')');
}
"""
INSERT = "'INSERT OR IGNORE INTO responses VALUES ' + gathered.join(',')"

# The id is made of device and number, so that both inserts leave out the same duplicates.
COLUMNS = (
    *("id", "device_id", "epoch", "seq", "hash", "kind", "boot", "uptime_s", "device_at", "at_ms", "earliest_ms"),
    *("latest_ms", "time_quality", "received_ms", "survey", "language", "channel", "flags", "undone", "n"),
)
TWO_ROWS = """
const device = msg.topic.split('/')[2], number = Number(device.split('-')[1]) * 1e9;
const given = [quoted(device), quoted(msg.payload.epoch)];
const crypto = global.get('crypto'), received = Date.now();
for (const each of msg.payload.responses) {
    const {seq, ...content} = each, at = each.at * 1000, id = number + seq;
    const hash = crypto.createHash('sha256').update(JSON.stringify(content)).digest('hex');
    const said = [quoted(hash), "'response'", each.boot, each.uptime_s, each.at, at, at, at + 999, "'clock'", received];
    const named = [quoted(each.survey), quoted(each.language), "'button'", "''", 0, 1];
    const answers = Object.entries(each.answers).map(
        ([name, value], place) => '(' + [id, place, quoted(name), value, 1] + ')');
    rows.push(['(' + [id, ...given, seq, ...said, ...named] + ')', answers]);
}
"""
INSERT_BOTH = f"""
    'BEGIN; INSERT OR IGNORE INTO responses ({", ".join(COLUMNS)}) VALUES ' + gathered.map(each => each[0]).join(',') +
    '; INSERT OR IGNORE INTO answers (response_id, position, question, value, n) VALUES ' +
    gathered.flatMap(each => each[1]).join(',') + '; COMMIT;'"""

GATHER = """
const rows = context.get('rows') || [];
const quoted = text => "'" + String(text).replace(/'/g, "''") + "'";
%s
const flush = () => {
    const gathered = context.get('rows') || [];
    if (!gathered.length) return;
    context.set('rows', []);
    node.send({topic: %s});
};
context.set('rows', rows);
if (rows.length >= 500) flush();
else if (!context.get('timer')) context.set('timer', setTimeout(() => { context.set('timer', null); flush(); }, 20));
"""


class Way(NamedTuple):
    """A way to store: what makes the tables, what gathers their rows, how the node runs its SQL, what is stored."""

    make: Callable[[Path], None]
    gather: str
    runs: str
    stored: str


def one_table(database: Path) -> None:
    made = sqlite3.connect(database)
    made.execute("PRAGMA journal_mode = WAL")
    made.execute(TABLE)
    made.close()


def our_tables(database: Path) -> None:
    workload.opened(str(database)).close()


ONE_TABLE = Way(one_table, GATHER % (ONE_ROW, INSERT), "msg.topic", "SELECT coalesce(max(rowid), 0) FROM responses")
OUR_TABLES = Way(our_tables, GATHER % (TWO_ROWS, INSERT_BOTH), "batch", "SELECT count(*) FROM answers")


class NotToBeHad(Exception):
    """Node-RED cannot be measured on this machine; says why."""


def installed() -> Path:
    """Return Node-RED's program, fetched by npm when it is not there."""
    program = HOME / "node_modules" / "node-red" / "red.js"
    if not program.exists():
        fetch()
    return program.resolve()


def fetch() -> None:
    """Let npm put Node-RED and its SQLite node below `build`."""
    if not shutil.which("npm"):
        raise NotToBeHad("there is no npm; install it (on Debian: apt-get install npm) and measure again")
    print("fetching Node-RED with npm (once, some minutes)", file=sys.stderr, flush=True)
    command = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(HOME), *PACKAGES]
    try:
        subprocess.run(command, check=True, timeout=PATIENCE_S, stdout=subprocess.DEVNULL)
    except (subprocess.SubprocessError, OSError) as trouble:
        shutil.rmtree(HOME, ignore_errors=True)  # half of it would be taken for all of it
        raise NotToBeHad(f"npm cannot install it: {type(trouble).__name__}") from trouble


def flow(broker_port: int, database: Path, way: Way) -> list[dict]:
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
            "func": way.gather,
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
            "sqlquery": way.runs,
            "sql": "",
            "name": "",
            "wires": [[]],
        },
    ]


def take(broker: Broker, folder: Path, messages: Sequence[Said], way: Way = ONE_TABLE) -> float:
    """Let Node-RED take a backlog; return the seconds that it takes for it."""
    program = installed()
    database, expected = folder / "node-red.db", sum(message.responses for message in messages)
    way.make(database)
    (folder / "flows.json").write_text(json.dumps(flow(broker.port, database, way)))
    (folder / "settings.js").write_text(
        f"module.exports = {{flowFile: 'flows.json', uiHost: '{HOST}', uiPort: {free_port()}, "
        f"nodesDir: {json.dumps(str(HOME.resolve() / 'node_modules'))}, httpAdminRoot: false, credentialSecret: false, "
        "functionGlobalContext: {crypto: require('crypto')}, logging: {console: {level: 'error'}}}"
    )
    broker.queue("node-red", messages)
    command = ["node", str(program), "--userDir", str(folder), "--settings", str(folder / "settings.js")]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        return seconds_until(process, database, expected, way)
    finally:
        process.terminate()
        process.wait(30)


def seconds_until(process: "subprocess.Popen[bytes]", database: Path, expected: int, way: Way) -> float:
    """Return the seconds from its first message to its last stored row: starting up is not its work."""
    deadline_s = time.monotonic() + MOST_S
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        while (stored := connection.execute(way.stored).fetchone()[0]) < expected:
            if process.poll() is not None or time.monotonic() > deadline_s:
                raise NotToBeHad(f"it stored {stored} of {expected} responses and then no more")
            time.sleep(0.01)
        ended_s = time.time()
        begun_ms = connection.execute("SELECT min(received_ms) FROM responses").fetchone()[0]
    return float(ended_s - begun_ms / 1000)
