"""Public: the loader, the page, and what the page asks (`door` opens them). For the workspace: `settings`."""
