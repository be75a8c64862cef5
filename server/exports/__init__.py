"""Rows as files that others open: Excel in Finnish, plain CSV, JSON Lines, Parquet, and the national profile."""
