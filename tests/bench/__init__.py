"""Measures what a box needs, beside what others need."""
