"""What admins and Meta do to channels of Meta."""
