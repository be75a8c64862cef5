"""The page that shows the last presses and each unit's figures, and renews itself."""
