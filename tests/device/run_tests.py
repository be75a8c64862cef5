"""Runs the test functions of one module and prints a line for each; MicroPython's side of tests/run_micropython.py."""

import sys


def run(function):
    try:
        function()
    except BaseException as error:  # one broken test must not hide the others
        print("FAILED", function.__name__)
        sys.print_exception(error, sys.stdout)
        return False
    print("ok", function.__name__)
    return True


def main(name):
    __import__(name)
    module = sys.modules[name]
    results = [run(getattr(module, test)) for test in sorted(dir(module)) if test.startswith("test_")]
    return 0 if results and all(results) else 1


sys.path.insert(0, ".")
sys.exit(main(sys.argv[1]))
