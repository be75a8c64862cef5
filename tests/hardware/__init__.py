"""Tests of what a workshop builds."""
