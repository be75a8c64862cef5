"""Wiring, parts lists and enclosures of the boxes, not drawn yet."""
