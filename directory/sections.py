"""What the General tab shows beside the lead's own columns: parts of the floors above, fetched when one sees them.

sections.register(sections.Section("reach", _("May we write?"), "inbox:reach"))     from AppConfig.ready()
"""

from dataclasses import dataclass

from django.utils.functional import Promise

from crm.ui.registry import Registry


@dataclass(frozen=True)
class Section:
    """`route` takes the lead's `pk` and answers a GET with what stands under the label."""

    key: str
    label: str | Promise
    route: str
    order: int = 100


_sections: Registry[Section] = Registry("Section of the General tab")


def register(section: Section) -> Section:
    return _sections.register(section)


def every() -> list[Section]:
    return list(_sections)
