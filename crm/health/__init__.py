"""Is this process well, and is the installation ready."""
