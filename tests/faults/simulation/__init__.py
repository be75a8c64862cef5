"""Devices, network, broker, bridge and tables in virtual time: a seed decides everything that happens to them."""
