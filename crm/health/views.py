"""Is this process well, is the installation ready."""
