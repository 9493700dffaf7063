"""Why a file, a row or a cell was not taken: codes with arguments, spoken in the reader's language."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from directory import required
from directory.importing import limits

_LIMITS = {
    "mb": limits.MOST_BYTES // limits.MB,
    "sheet_mb": limits.MOST_SHEET_BYTES // limits.MB,
    "inflated": limits.MOST_INFLATED // limits.MB,
    "rows": f"{limits.MOST_ROWS:,}",
    "columns": limits.MOST_COLUMNS,
}
FILE = {
    "empty": _("The file is empty."),
    "header_only": _("The file has a header and no rows below it."),
    "too_large": _("The file is larger than %(mb)s MB. Divide it, and import one part after the other."),
    "sheet_too_large": _(
        "The spreadsheet is larger than %(sheet_mb)s MB, or %(inflated)s MB unpacked. Save it as CSV, or divide it."
    ),
    "too_many_rows": _(
        "The file has more than %(rows)s rows. Divide it, and import one part after the other."
    ),
    "too_many_columns": _("The file has more than %(columns)s columns. Delete those that are not needed."),
    "no_sheet": _(
        "This spreadsheet cannot be read. Open it, save it again as .xlsx or as CSV, and upload that."
    ),
    "password": _("The spreadsheet has a password. Save it without one and upload that."),
    "old_excel": _("That is an old Excel file (.xls). Save it as .xlsx or as CSV and upload that."),
    "not_excel": _("That is a spreadsheet of another program. Save it as .xlsx or as CSV and upload that."),
    "no_table": _("That is no table. Upload a CSV or an Excel file (.xlsx)."),
    "unreadable": _("The file cannot be read in this encoding. Choose another one."),
    "gone": _("The file is no longer kept. Upload it again."),
}
ROW = {
    "broken": _("The row is broken: a quotation mark is open, or the row goes over too many lines"),
    "line_too_long": _("The line is too long"),
    "extra_cells": _("The row has more cells than there are columns"),
    "bytes": _("It has characters that cannot be read in this encoding"),
    "nul": _("It has characters that no text has (NUL)"),
    "nobody": _("The row has no name, phone number or e-mail address"),
    "too_long": _("It is longer than %(number)s characters"),
    "no_phone": _("That is no phone number"),
    "too_many_points": _("More than %(number)s of them"),
    "no_email": _("That is no e-mail address"),
    "no_date": _("That is no date"),
    "future": _("That date is still to come"),
    "no_amount": _("That is no amount"),
    "no_status": _("There is no such status"),
    "no_stage": _("There is no such stage that you may put leads into"),
    "two_stages": _("Several funnels have a stage of that name. Name the funnel, too"),
    "no_funnel": _("There is no such funnel that you may put leads into"),
    "stage_asks": _("The stage asks for: %(fields)s"),
    "no_person": _("There is nobody of that name or address in the team"),
    "two_people": _("Several people of the team have that name. Write the address"),
    "no_tag": _("There is no such tag, and you may not make one"),
    "too_many_new_tags": _("These are more than %(number)s new tags. Is it a column of tags?"),
    "too_many_tags": _("A lead can have %(number)s tags"),
    "no_value": "%(words)s",
    "no_link": _("That is no link"),
    "phone_link": _("That link is a phone number"),
    "too_many_links": _("A lead can have %(number)s links"),
    "two_leads": _("What identifies it belongs to two different leads"),
    "not_yours": _("You cannot import this row. Ask an admin to do it"),
}
NO_COLUMN = -1


def of_file(code: str) -> str:
    return str(FILE.get(code, FILE["no_table"])) % _LIMITS


def of_row(code: str, args: Mapping[str, Any]) -> str:
    words = ROW.get(code)
    if words is None:
        return code
    if "fields" in args:
        args = {**args, "fields": ", ".join(str(required.label_of(key)) for key in args["fields"])}
    return str(words) % args


def told(problems: Sequence[Sequence[Any]], headers: Sequence[str]) -> str:
    """All of a row's, each with its column: "Phone: That is no phone number"."""
    return "; ".join(
        gettext("%(column)s: %(reason)s") % {"column": headers[column], "reason": of_row(code, args)}
        if 0 <= column < len(headers)
        else of_row(code, args)
        for column, code, args in problems
    )
