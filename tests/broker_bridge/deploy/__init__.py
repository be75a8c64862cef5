"""Tests of how the bridge is installed."""
