"""Leads into files: what a person sees of those that are chosen or match, as CSV or XLSX. docs/export.md says how."""
