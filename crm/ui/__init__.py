"""Parts of pages: rail, settings, search, paging, templates."""
