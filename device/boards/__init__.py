"""The boards that a box is built on: a module of pin numbers for each."""
