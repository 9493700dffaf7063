"""Views: find within the workspace, form or permission, one action, render."""
