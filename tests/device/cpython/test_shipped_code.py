"""What must not be in a box: TLS that does not verify, and doors or noise that a developer left behind."""

import ast

import pytest

from device import manifest
from tests import build_firmware

# Each makes TLS talk to whoever answers; MicroPython's own defaults verify nothing.
UNVERIFIED = ("CERT_NONE", "CERT_OPTIONAL", "create_default_context", "_create_unverified_context")
LEFT_BEHIND = ("webrepl", "pdb", "breakpoint", "input", "eval", "exec", "dupterm", "osdebug", "set_debug", "mem_info")
# The build follows imports by reading them: whoever imports by name must be outside of it.
BY_NAME = ("__import__", "import_module")
MAY_PRINT = ("device.hal tell", "device.loader start")


def unverified(source):
    """Return a line for everything by which TLS could talk to a stranger."""
    tree = ast.parse(source)
    found = [f"{node.lineno} {name}" for node, name in names(tree) if name in UNVERIFIED]
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    guarded = {id(call) for function in functions for call in guarded_contexts(function)}
    for node in ast.walk(tree):
        if is_call_of(node, "SSLContext") and id(node) not in guarded:
            found.append(f"{node.lineno} SSLContext without CERT_REQUIRED")
        if is_call_of(node, "wrap_socket") and ast.unparse(node.func) in ("ssl.wrap_socket", "tls.wrap_socket"):
            found.append(f"{node.lineno} wrap_socket without a context")
        if isinstance(node, ast.Attribute) and node.attr == "check_hostname" and isinstance(node.ctx, ast.Store):
            found.append(f"{node.lineno} check_hostname is changed")
    return found + [f"{f.lineno} ssl without server_hostname" for f in functions if forgets_the_name(f)]


def names(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node, node.id
        elif isinstance(node, ast.Attribute):
            yield node, node.attr
        elif isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)


def is_call_of(node, name):
    return isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == name


def guarded_contexts(function):
    """Yield the contexts that are made, named, and told to require a certificate or key before anything else."""
    for step, after in zip(function.body, [*function.body[1:], None], strict=True):
        if isinstance(step, ast.Assign) and is_call_of(step.value, "SSLContext") and isinstance(after, ast.Assign):
            told = f"{ast.unparse(step.targets[0])}.verify_mode"
            once = sum(isinstance(node, ast.Attribute) and node.attr == "verify_mode" for node in ast.walk(function))
            required = ast.unparse(after.value).split(".")[-1] == "CERT_REQUIRED"
            if ast.unparse(after.targets[0]) == told and required and once == 1:
                yield step.value


def forgets_the_name(function):
    """Tell whether a function secures a connection, as `ssl=` or in a dictionary, and says no name to check."""
    keywords = {node.arg for node in ast.walk(function) if isinstance(node, ast.keyword)}
    texts = {node.value for node in ast.walk(function) if isinstance(node, ast.Constant)}
    said = keywords | texts
    return "ssl" in said and "server_hostname" not in said


def left_behind(module, source):
    """Return a line for every door and every noise."""
    tree = ast.parse(source)
    unwanted = LEFT_BEHIND if module == "device.loader" else LEFT_BEHIND + BY_NAME
    found = [f"{module}:{node.lineno} {name}" for node, name in names(tree) if name in unwanted]
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    allowed = [function for function in functions if f"{module} {function.name}" in MAY_PRINT]
    spoken = {id(node) for function in allowed for node in ast.walk(function)}
    prints = [node for node in ast.walk(tree) if is_call_of(node, "print") and id(node) not in spoken]
    return found + [f"{module}:{node.lineno} print" for node in prints]


def test_tls_verifies_wherever_the_device_uses_it(repository):
    files = sorted((repository / "device").rglob("*.py"))

    assert {path.name: found for path in files if (found := unverified(path.read_text()))} == {}


def test_nothing_is_left_behind_in_what_ships(repository):
    shipped = [*build_firmware.reached(manifest.ENTRY), "device.loader"]
    sources = {name: build_firmware.source(name, repository).read_text() for name in shipped}

    assert [line for name, source in sources.items() for line in left_behind(name, source)] == []


GOOD = """
def context(authority):
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.verify_mode = ssl.CERT_REQUIRED
    made.load_verify_locations(authority)
    return made
"""


def test_a_context_that_requires_a_certificate_is_left_alone():
    assert unverified(GOOD) == []
    assert unverified("def f():\n    open_connection(host, port, ssl=made, server_hostname=name)") == []


@pytest.mark.parametrize(
    "source",
    [
        GOOD.replace("    made.verify_mode = ssl.CERT_REQUIRED\n", ""),
        GOOD.replace("ssl.CERT_REQUIRED", "ssl.CERT_NONE"),
        GOOD.replace("ssl.CERT_REQUIRED", "ssl.CERT_OPTIONAL"),
        GOOD.replace("ssl.CERT_REQUIRED", "wanted"),
        GOOD.replace("made.verify_mode", "other.verify_mode"),
        GOOD.replace("    return made", "    made.verify_mode = 0\n    return made"),
        GOOD.replace("    return made", "    made.check_hostname = False\n    return made"),
        "made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)",
        "def f():\n    return tls.SSLContext(tls.PROTOCOL_TLS_CLIENT)",
        "def f():\n    if late:\n        made = tls.SSLContext(0)\n        made.load_cert_chain(a, b)",
        "def f():\n    return ssl.create_default_context()",
        "def f():\n    return ssl.wrap_socket(sock)",
        "async def f():\n    await open_connection(host, port, ssl=True)",
        "async def f():\n    await open_connection(host, port, ssl=context)",
        "async def f():\n    secured['ssl'] = context",
    ],
)
def test_tls_that_may_talk_to_a_stranger_is_found(source):
    assert unverified(source)


@pytest.mark.parametrize(
    "source",
    [
        "import webrepl\nwebrepl.start()",
        "def f(x):\n    print(x)",
        "def report(x):\n    breakpoint()",
        "os.dupterm(None)",
        "import micropython\nmicropython.mem_info()",
        "def f():\n    exec(input())",
        "__import__('device.terminal')",
    ],
)
def test_what_a_developer_left_behind_is_found(source):
    assert left_behind("device.app", source)


def test_the_serial_cable_may_be_told():
    assert left_behind("device.hal", "class ChipHal:\n    def tell(self):\n        print(1)") == []
    assert left_behind("device.hal", "class ChipHal:\n    def feed(self):\n        print(1)") == ["device.hal:3 print"]
