"""`make matrix`: build/matrix.md, a row for each fault with its tests and what their last run found.

A row without a test that exists fails, unless it says why: real hardware (`reasoned`), or a later part (`later`).
`--run` runs the tests first.
"""

import ast
import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
BUILD = ROOT / "build"
RUNS = BUILD / "last-runs.json"
SIMULATED = BUILD / "simulated.json"
PAGE = BUILD / "matrix.md"
HEAD = """# The faults that must be survived

Made by `make matrix` from `tests/faults/matrix/rows.json` and the last run of each test. *Simulated* is how often
`make simulate-faults` had it happen in its last run.

| # | Fault | Shown by | Passed | Failed | Simulated | |
|--:|---|---|--:|--:|--:|---|
"""


def rows():
    """Return the rows of the matrix."""
    return json.loads(Path(__file__).with_name("rows.json").read_text(encoding="utf-8"))


def tests_of(path):
    """Return the names of the tests that a file has."""
    if not path.exists():
        return set()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


def absent(row, root=ROOT):
    """Return the tests of a row that do not exist."""
    named = [test.partition("::") for test in row["tests"]]
    return [f"{path}::{name}" for path, _, name in named if name not in tests_of(root / path)]


def state(row, root=ROOT):
    """Return what a row is: tested, reasoned, later, or missing."""
    if absent(row, root):
        return "missing"
    for excuse in ("reasoned", "later"):
        if row.get(excuse):
            return excuse
    return "tested" if row["tests"] else "missing"


def kept(path):
    """Return a file of figures, empty when it was never written."""
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def line(row, runs, simulated):
    """Return a row as Markdown."""
    passed = sum(runs.get(test, {}).get("passed", 0) for test in row["tests"])
    failed = sum(runs.get(test, {}).get("failed", 0) for test in row["tests"])
    shown = "<br>".join(f"`{test.removeprefix('tests/').replace('::', '` `')}`" for test in row["tests"]) or "-"
    happened = sum(simulated.get(kind, 0) for kind in row["simulated"]) if row["simulated"] else "-"
    why = f"{state(row)}: {row[state(row)]}" if state(row) in row else state(row)
    return f"| {row['row']} | {row['fault']} | {shown} | {passed or '-'} | {failed} | {happened} | {why} |"


def page(listed, runs, simulated):
    """Return the page."""
    lines, part = [HEAD.rstrip()], ""
    for row in listed:
        if row["part"] != part:
            part = row["part"]
            lines.append(f"| | **{part}** | | | | | |")
        lines.append(line(row, runs, simulated))
    return "\n".join(lines) + "\n"


def run(listed):
    """Run every test of the matrix; what it finds is kept by tests/conftest.py."""
    named = sorted({test for row in listed for test in row["tests"]})
    subprocess.run([sys.executable, "-m", "pytest", "-q", *named], cwd=ROOT, check=False, stdout=sys.stderr)


def main(arguments):
    """Write the page and print the figures; return 0 when no row is missing and no test of it failed."""
    listed = rows()
    if "--run" in arguments:
        run(listed)
    runs, simulated = kept(RUNS), kept(SIMULATED)
    BUILD.mkdir(exist_ok=True)
    PAGE.write_text(page(listed, runs, simulated), encoding="utf-8")
    for row in listed:
        for test in absent(row):
            print(f"row {row['row']}: {test} does not exist", file=sys.stderr)
    states = [state(row) for row in listed]
    failed = sum(runs.get(test, {}).get("failed", 0) for row in listed for test in row["tests"])
    never = len({test for row in listed for test in row["tests"] if test not in runs})
    print(f"{PAGE.relative_to(ROOT)}; {never} tests have not run here yet, `ARGS=--run` runs all", file=sys.stderr)
    figures = {"rows": len(listed)} | {name: states.count(name) for name in ("tested", "reasoned", "later", "missing")}
    print(json.dumps(figures | {"failed": failed}))
    return 0 if figures["missing"] == 0 and not failed else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
