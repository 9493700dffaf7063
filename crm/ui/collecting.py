"""What `collectstatic` leaves out."""

from django.contrib.staticfiles.apps import StaticFilesConfig


class StaticFiles(StaticFilesConfig):
    # htmx's extensions, which no page uses: a comment in one of them reads like an import of a missing file.
    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "django_htmx/ext/*"]
