"""Tests of the kiosk without a pixel; those of the screens are in ui/."""
