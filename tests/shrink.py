"""Makes a program smaller before it becomes bytecode: what only people and type checkers read costs a box memory.

A name that the interpreter does not know costs about twelve bytes of heap for as long as the box runs, and an entry in
a table. So whole-number constants are written where they are used, blocks for type checkers go, and names that nobody
outside their module uses become short ones that all modules share. What a program does stays the same.
"""

import ast
import copy
from collections import Counter
from typing import TypeGuard

Constants = dict[str, dict[str, int]]  # by module, by name


class Program:
    """All modules of an app by their dotted names, and which of them starts it; `shrunk` returns the source of one."""

    def __init__(self, sources: dict[str, str], entry: str) -> None:
        self.trees = {name: Untyped().visit(ast.parse(source)) for name, source in sources.items()}
        looked_up = {word for tree in self.trees.values() for word in looked_up_late(tree, set(sources))}
        self.constants = {
            name: {word: number for word, number in constants(tree).items() if word not in looked_up}
            for name, tree in self.trees.items()
        }
        self.words = {name: Counter(words(tree)) for name, tree in self.trees.items()}
        self.named = {word for tree in self.trees.values() for word in keywords(tree)}
        self.named.update(words(self.trees[entry]))  # whoever starts it knows its names
        self.functions = {node.name for tree in self.trees.values() for node in tree.body if is_function(node)}
        self.uses = Counter(word for counted in self.words.values() for word in counted)
        for name, tree in self.trees.items():
            self.trees[name] = Inlined(name, self.constants).visit(tree)
        self.families = {name: frozenset([name]) for name in sources}
        for name, tree in self.trees.items():
            for base in bases(tree) & set(sources):
                self.join(name, base)

    def shrunk(self, name: str) -> str:
        """Return a module as source that MicroPython reads."""
        left = Counter(word for member in self.families[name] for word in words(self.trees[member]))
        private = sorted((word for word in left if self.is_private(word)), key=lambda word: (-left[word], word))
        short = {word: f"_{number}" for number, word in enumerate(private)}
        return ast.unparse(ast.fix_missing_locations(Renamed(short, self.named).visit(copy.deepcopy(self.trees[name]))))

    def join(self, name: str, base: str) -> None:
        """Note that a class of one module inherits from the other: their objects have the names of both."""
        family = self.families[name] | self.families[base]
        self.families.update(dict.fromkeys(family, family))

    def is_private(self, word: str) -> bool:
        """Tell whether a name may be another: it is a module's own, nobody else has it, and no text holds it."""
        is_own = word in self.functions or (word.startswith("_") and not word.startswith("__"))
        return is_own and self.uses[word] == 1 and word not in self.named


def words(tree: ast.AST) -> list[str]:
    """Return every name in a module as often as it stands there."""
    found: list[str] = []
    for node in ast.walk(tree):
        found += [getattr(node, field) for field in ("id", "attr", "arg", "name") if is_text(node, field)]
    return found


def aliases(tree: ast.AST) -> dict[str, str]:
    """Return what a module imports, by the names that it gives them."""
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update({alias.asname or alias.name: alias.name for alias in node.names})
        if isinstance(node, ast.ImportFrom):
            found.update({alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names})
    return found


def looked_up_late(tree: ast.AST, modules: set[str]) -> set[str]:
    """Return the attributes of what is not surely one certain module of ours, such as the board that a hal is given."""
    known = aliases(tree)
    attributes = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    return {
        node.attr
        for node in attributes
        if not (isinstance(node.value, ast.Name) and known.get(node.value.id) in modules)
    }


def bases(tree: ast.AST) -> set[str]:
    """Return from which modules the classes of a module may inherit."""
    imported = aliases(tree)
    inherited = [base for node in ast.walk(tree) if isinstance(node, ast.ClassDef) for base in node.bases]
    named = {imported[word] for base in inherited for word in words(base) if word in imported}
    return named | {name.rpartition(".")[0] for name in named}


def is_function(node: ast.AST) -> TypeGuard[ast.FunctionDef | ast.AsyncFunctionDef]:
    return isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))


def is_text(node: ast.AST, field: str) -> bool:
    return isinstance(getattr(node, field, None), str)


def keywords(tree: ast.AST) -> list[str]:
    """Return what a module calls by its name at run time: keyword arguments, and words inside texts."""
    found: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg:
            found.append(node.arg)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier():
            found.append(node.value)
    return found


def constants(tree: ast.Module) -> dict[str, int]:
    """Return the whole numbers that a module names once and for all, by their names in capitals."""
    found: dict[str, int] = {}
    for node in tree.body:
        for name, value in pairs(node):
            number = evaluated(value, found)
            if name.isupper() and number is not None:
                found[name] = number
    return found


def pairs(node: ast.AST) -> list[tuple[str, ast.expr]]:
    """Return what an assignment assigns, name by name."""
    if not isinstance(node, ast.Assign) or len(node.targets) != 1:
        return []
    target, value = node.targets[0], node.value
    if isinstance(target, ast.Name):
        return [(target.id, value)]
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
        return [
            (name.id, given) for name, given in zip(target.elts, value.elts, strict=True) if isinstance(name, ast.Name)
        ]
    return []


def evaluated(value: ast.expr, known: dict[str, int]) -> int | None:
    """Return the whole number that an expression of numbers and earlier constants stands for."""
    try:
        names = {name: number for name, number in known.items() if name in words(value)}
        number = eval(compile(ast.Expression(value), "", "eval"), {"__builtins__": {}}, names)
    except Exception:  # noqa: BLE001  # anything but arithmetic is none
        return None
    return number if type(number) is int else None


class Untyped(ast.NodeTransformer):
    """Takes out what only type checkers read."""

    def visit_If(self, node: ast.If) -> ast.AST | None:
        if isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            return None
        return self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> ast.AST | None:
        named = [name for name, _ in pairs(node)]
        return None if named == ["TYPE_CHECKING"] else self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        if node.value is None:
            return ast.Pass()
        return ast.Assign([node.target], self.visit(node.value), lineno=node.lineno)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        return self.generic_visit(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        node.returns = None
        return self.generic_visit(node)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None
        return node

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        return ast.Pass() if isinstance(node.value, ast.Constant) else self.generic_visit(node)


class Inlined(ast.NodeTransformer):
    """Writes constants where they are used, their own module's and others'."""

    def __init__(self, module: str, known: Constants) -> None:
        self.known = known
        self.own = dict(known[module])
        self.modules: dict[str, str] = {}

    def visit_Module(self, node: ast.Module) -> ast.AST:
        self.modules = aliases(node)
        return self.generic_visit(node)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST | None:
        source = node.module or ""
        kept = []
        for alias in node.names:
            if alias.name in self.known.get(source, {}):
                self.own[alias.asname or alias.name] = self.known[source][alias.name]
            else:
                kept.append(alias)
        node.names = kept
        return node if kept else None

    def visit_Assign(self, node: ast.Assign) -> ast.AST | None:
        named = [name for name, _ in pairs(node)]
        return None if named and all(name in self.own for name in named) else self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.Constant(self.own[node.id]) if node.id in self.own else node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        source = self.modules.get(node.value.id, "") if isinstance(node.value, ast.Name) else ""
        if node.attr in self.known.get(source, {}):
            return ast.Constant(self.known[source][node.attr])
        return self.generic_visit(node)


class Renamed(ast.NodeTransformer):
    """Gives names their short forms, and parameters that nobody passes by name the form of their place."""

    def __init__(self, short: dict[str, str], named: set[str]) -> None:
        self.short = short
        self.named = named
        self.parameters: dict[str, str] = {}

    def visit(self, node: ast.AST) -> ast.AST:
        if is_function(node):
            return self.function(node)
        for field in ("id", "attr", "arg", "name"):
            if is_text(node, field):
                word = getattr(node, field)
                local = self.parameters.get(word) if isinstance(node, (ast.Name, ast.arg)) else None
                setattr(node, field, local or self.short.get(word, word))
        return self.generic_visit(node)

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.AST:
        node.name = self.short.get(node.name, node.name)
        outer = self.parameters
        taken = [arg.arg for arg in node.args.args if arg.arg != "self" and arg.arg not in self.named]
        # A nested function sees the parameters of both: their short forms must differ.
        self.parameters = outer | {word: f"p_{len(outer) + place}" for place, word in enumerate(taken)}
        self.generic_visit(node)
        self.parameters = outer
        return node
