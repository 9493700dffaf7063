"""Fields of a workspace's own: which there are, what leads hold in them, what people type, what they see.

    fields = custom.fields()                                 of the scope, in order, with their choices
    held = custom.values([lead.pk], fields)                  {lead: {field: value}}
    value = custom.clean(field, "12,5", workspace)           ValidationError with words
    custom.shown(field, value, membership)                   localised; a phone masked for who may not see it
    custom_actions.set_values(lead, {field: value}, by=…)    directory.actions.custom, the one that writes

A value is of its field's kind: str (text, phone in E.164, email, url), Decimal (number, money), date, bool (yes_no),
int (the choice's pk) or a tuple of them in the order of the choices. None is no value.
"""

from directory.custom.cleaning import clean
from directory.custom.forms import frozen, thawed
from directory.custom.reading import Value, fields, fields_for, held, held_in, no_fields_for, values
from directory.custom.showing import plain, shown, told, typed, written_over

__all__ = [
    "Value",
    "clean",
    "fields",
    "fields_for",
    "frozen",
    "held",
    "held_in",
    "no_fields_for",
    "plain",
    "shown",
    "thawed",
    "told",
    "typed",
    "values",
    "written_over",
]
