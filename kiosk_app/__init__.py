"""The touchscreen kiosk: what visitors do, what is kept of it, and how it reaches the bridge; `ui` draws it."""
