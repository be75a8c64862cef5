"""Somebody who collects all that was published, to whomever and whenever, and solves it for what was hidden."""
