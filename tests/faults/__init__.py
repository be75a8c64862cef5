"""Faults of the machines below the bridge, and the one checker that says whether anything was lost."""
