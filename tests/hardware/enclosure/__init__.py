"""Tests of the housings."""
