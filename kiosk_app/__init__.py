"""The touchscreen kiosk, not written yet."""
