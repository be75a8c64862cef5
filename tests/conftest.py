"""What every test on CPython shares: the place of the repository, and generated cases that repeat."""

from pathlib import Path

import pytest
from hypothesis import settings

# The same cases in every run: a red build shows the same failure on the next machine.
settings.register_profile("house", derandomize=True, deadline=None, print_blob=True)
settings.load_profile("house")


@pytest.fixture(scope="session")
def repository() -> Path:
    return Path(__file__).parents[1]
