"""Figures of responses, each with its n, its interval and what was left out."""
