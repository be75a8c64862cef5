"""Two years of a box's life in minutes: the real app in virtual time, and a bridge that knows what really happened."""
