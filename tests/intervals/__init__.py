"""How often the intervals hold the truth, and the change test is silent: figures held to their word."""
