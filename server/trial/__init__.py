"""The whole chain on one machine: for trying Hymio out, and for showing that no press is lost."""
