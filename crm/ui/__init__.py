"""What pages are made of: registries of the frame, the Jinja environment, keyset paging, assets. No business word."""
