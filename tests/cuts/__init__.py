"""Power cuts at every operation of the flash, on the real interpreter: `make cuts`."""
