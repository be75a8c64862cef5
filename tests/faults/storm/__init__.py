"""A fleet on a real broker and bridge: how it comes back after the broker died, and whether anything is missing."""
