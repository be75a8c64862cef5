"""Responses one by one, for those who work in the unit: page by page, with open comments masked."""
