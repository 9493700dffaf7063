"""Funnels, their stages, and the board on which leads move through them."""
