"""Static files under hashed names, so that browsers keep them for ever."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class ManifestStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # it brings no types
    """Hashes, compresses, and rewrites what ES modules import from each other.

    Where nothing was collected (the test run) a name is its own address instead of an error on every page; a name
    missing from a manifest that exists is still an error.
    """

    support_js_module_import_aggregation = True
    max_post_process_passes = (
        20  # one for each link of the longest chain of imports; Django's own 5 are soon too few
    )

    def stored_name(self, name: str) -> str:
        if not self.hashed_files:
            return name
        return str(super().stored_name(name))
