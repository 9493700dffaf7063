"""Forms of the board and of funnels' settings."""
