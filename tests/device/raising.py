"""What pytest.raises is on CPython, for both Pythons."""


def raised(kind, function, *arguments):
    """Return the error of a call that must fail with it."""
    try:
        function(*arguments)
    except kind as error:
        return error
    raise AssertionError("nothing was raised")
