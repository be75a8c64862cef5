"""The registry over HTTP: units, service points, devices, service classes, surveys, and what belongs together when."""
