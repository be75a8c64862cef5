"""Presses that may not be a visitor's opinion: labelled by rule, with a reason, and never deleted."""
