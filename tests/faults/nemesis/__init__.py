"""Real boxes, a kiosk, broker, bridge, database, and somebody who kills, stops, cuts and fills up as people press."""
