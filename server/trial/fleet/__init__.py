"""A fleet: thousands of boxes on a real broker and bridge, a day's presses, and a broker that dies."""
