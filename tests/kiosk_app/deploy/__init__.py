"""Tests of what makes a kiosk of a Raspberry Pi."""
