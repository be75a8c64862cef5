"""The page of all faults: which test shows what becomes of each, and what the last run of it found."""
