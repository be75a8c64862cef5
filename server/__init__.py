"""The server: registry, reports and the page that shows them, on loopback."""
