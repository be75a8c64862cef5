"""What older systems collected: read by a mapping file, previewed, imported, listed and undone."""
