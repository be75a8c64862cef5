"""Print how long the functions and modules are, folder by folder; exit 1 when functions grow too long.

A length counts the lines that carry code: no blank lines, comments, docstrings or decorators. The last line of the
output is the same in JSON, for whoever keeps a record.
"""

import ast
import io
import json
import statistics
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

PLACES = ("device", "kiosk_app", "broker_bridge", "server", "hardware", "hymio.py")
COLUMNS = (
    "place modules code mod.med mod.p95 mod.max functions fn.med fn.p95 fn.max documented typed comments/100 test:code"
).split()
MEDIAN_LIMIT = 6
P95_LIMIT = 30
FUNCTION_STOP = 50
MODULE_STOP = 400
NO_CODE = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
DOCUMENTABLE = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


class Function(NamedTuple):
    where: str
    length: int
    public: bool
    documented: bool
    typed: bool


class Module(NamedTuple):
    where: str
    length: int
    comments: int
    functions: list[Function]


def main(root: Path) -> int:
    """Print the table, what passes a hard stop, and the figures; return the exit code."""
    tested = {place: read(root, f"tests/{place.removesuffix('.py')}") for place in PLACES}
    places = {place: read(root, place) for place in PLACES}
    everything = [module for modules in places.values() for module in modules]
    tests = read(root, "tests")
    rows = [row(place, places[place], tested[place]) for place in PLACES if places[place]]
    print_table([COLUMNS, *rows, row("all", everything, tests)])
    print(*stops(everything), sep="\n", end="\n" if stops(everything) else "")
    found = figures(everything, tests)
    print(json.dumps(found))
    return int(found["function_median"] > MEDIAN_LIMIT or found["function_p95"] > P95_LIMIT)


def read(root: Path, place: str) -> list[Module]:
    """Measure one file, or all Python files of a folder; modules without code are left out."""
    start = root / place
    paths = [start] if start.suffix == ".py" and start.exists() else sorted(start.rglob("*.py"))
    modules = [measure(path.read_text(encoding="utf-8"), str(path.relative_to(root))) for path in paths]
    return [module for module in modules if module.length]


def measure(source: str, where: str) -> Module:
    tree = ast.parse(source)
    tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    occupied = {line for t in tokens if t.type not in NO_CODE for line in range(t.start[0], t.end[0] + 1)}
    code = occupied - docstring_lines(tree)
    comments = sum(token.type == tokenize.COMMENT for token in tokens)
    return Module(where, len(code), comments, list(functions(tree, code, where)))


def docstring_lines(tree: ast.Module) -> set[int]:
    documented = [n for n in ast.walk(tree) if isinstance(n, DOCUMENTABLE) and ast.get_docstring(n) is not None]
    return {line for node in documented for line in lines(node.body[0])}


def lines(node: ast.stmt) -> range:
    return range(node.lineno, (node.end_lineno or node.lineno) + 1)


def functions(node: ast.AST, code: set[int], where: str, *, inner: bool = False) -> Iterator[Function]:
    """Yield every function below the node; what stands inside a function or a private class is not public."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, FunctionNode | ast.ClassDef):
            yield from functions(child, code, where, inner=inner)
            continue
        hidden = inner or child.name.startswith("_")
        if isinstance(child, FunctionNode):
            length = len(code.intersection(lines(child)))
            documented = ast.get_docstring(child) is not None
            yield Function(f"{where}:{child.lineno} {child.name}", length, not hidden, documented, typed(child))
            hidden = True
        yield from functions(child, code, where, inner=hidden)


def typed(function: FunctionNode) -> bool:
    given = function.args
    arguments = [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]
    return function.returns is not None and all(
        argument.annotation for argument in arguments if argument and argument.arg not in ("self", "cls")
    )


def row(place: str, modules: list[Module], tests: list[Module]) -> list[str]:
    found = figures(modules, tests)
    public = [f for m in modules for f in m.functions if f.public]
    cells = (
        place,
        len(modules),
        found["code"],
        found["module_median"],
        found["module_p95"],
        found["module_max"],
        found["functions"],
        found["function_median"],
        found["function_p95"],
        found["function_max"],
        f"{share([f.documented for f in public]):.0%}",
        f"{found['typed']:.0%}",
        found["comments_per_100"],
        found["test_to_code"],
    )
    return [str(cell) for cell in cells]


def figures(modules: list[Module], tests: list[Module]) -> dict[str, float]:
    module_lengths = [m.length for m in modules]
    lengths = [f.length for m in modules for f in m.functions]
    code = sum(module_lengths)
    return {
        "code": code,
        "functions": len(lengths),
        "function_median": statistics.median(lengths or [0]),
        "function_p95": percentile(lengths, 95),
        "function_max": max(lengths, default=0),
        "module_median": statistics.median(module_lengths or [0]),
        "module_p95": percentile(module_lengths, 95),
        "module_max": max(module_lengths, default=0),
        "typed": share([f.typed for m in modules for f in m.functions if f.public]),
        "comments_per_100": round(100 * sum(m.comments for m in modules) / max(code, 1), 1),
        "test_to_code": round(sum(m.length for m in tests) / max(code, 1), 2),
    }


def percentile(values: list[int], percent: int) -> int:
    """Return the smallest value that at least so many per cent of the values do not exceed."""
    ordered = sorted(values)
    return ordered[-(-len(ordered) * percent // 100) - 1] if ordered else 0


def share(answers: list[bool]) -> float:
    return round(sum(answers) / len(answers), 3) if answers else 1.0


def stops(modules: list[Module]) -> list[str]:
    """Name what passes the hard stops, so that it can be found and split."""
    long_functions = [f for m in modules for f in m.functions if f.length > FUNCTION_STOP]
    long_modules = [m for m in modules if m.length > MODULE_STOP]
    return [f"too long: {long.where} has {long.length} lines" for long in [*long_functions, *long_modules]]


def print_table(rows: list[list[str]]) -> None:
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    for first, *rest in rows:
        numbers = (cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True))
        print(first.ljust(widths[0]), *numbers, sep="  ")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else ".")))
