"""Real boxes, broker, bridge and database, and somebody who kills, stops, cuts and fills up while visitors press."""
