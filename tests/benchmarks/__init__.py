"""Measures this project beside what one would otherwise use, in the same run and on the same input."""
