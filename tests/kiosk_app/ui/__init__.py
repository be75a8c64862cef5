"""Screens on a glass that no one sees, under fingers that Kivy takes for real."""
