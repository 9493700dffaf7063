"""A bound field of a Django form, as the macros of ui/_forms.html want it: flat, and without rendering a template."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.forms import BoundField, widgets
from markupsafe import Markup


@dataclass(frozen=True)
class Choice:
    """One option of a select, radio or multi; `group` is the heading it stands under, or empty."""

    value: str
    label: str
    selected: bool
    group: str
    disabled: bool


@dataclass(frozen=True)
class Control:
    """`kind` names the macro's branch; `attrs` are the widget's own and never hold id, name, value or aria.

    `html` is the rendered widget where the kind is "other": a widget this module does not know.
    """

    kind: str
    id: str
    name: str
    value: Any
    label: str
    help: str
    errors: tuple[str, ...]
    required: bool
    disabled: bool
    attrs: dict[str, Any]
    choices: tuple[Choice, ...] = ()
    html: Markup = Markup("")  # noqa: RUF009 (immutable)
    initial_file: Any = None

    @property
    def help_id(self) -> str:
        return f"{self.id}-help"

    @property
    def error_id(self) -> str:
        return f"{self.id}-error"


KINDS: tuple[tuple[type[widgets.Widget], str], ...] = (
    (widgets.ClearableFileInput, "file"),
    (widgets.FileInput, "file"),
    (widgets.Textarea, "textarea"),
    (widgets.CheckboxSelectMultiple, "checks"),
    (widgets.RadioSelect, "radios"),
    (widgets.NullBooleanSelect, "select"),
    (widgets.SelectMultiple, "multi"),
    (widgets.Select, "select"),
    (widgets.CheckboxInput, "checkbox"),
    (widgets.DateTimeInput, "datetime-local"),
    (widgets.DateInput, "date"),
    (widgets.TimeInput, "time"),
)


def control(bound: BoundField) -> Control:
    """Read a bound field once."""
    widget = bound.field.widget
    kind = _kind(widget)
    context = _widget_context(bound, widget, kind)
    attributes = {
        k: v for k, v in context["attrs"].items() if k not in {"id", "aria-describedby", "aria-invalid"}
    }
    required = bool(attributes.pop("required", False)) or (
        bound.field.required and kind in {"checks", "radios"}
    )
    return Control(
        kind=kind,
        id=bound.auto_id or f"id_{bound.html_name}",
        name=bound.html_name,
        value=_checked(context) if kind == "checkbox" else context["value"],
        label=str(bound.label or ""),
        help=str(bound.help_text or ""),
        errors=tuple(str(error) for error in bound.errors),
        required=required or bool(bound.field.required and kind == "other"),
        disabled=bool(attributes.pop("disabled", False)),
        attrs=attributes,
        choices=_choices(context),
        html=Markup(bound.as_widget()) if kind == "other" else Markup(""),  # noqa: S704 (Django escaped it)
        initial_file=context["value"] if kind == "file" and context["value"] else None,
    )


def _kind(widget: widgets.Widget) -> str:
    if isinstance(widget, widgets.MultiWidget):
        return "other"
    for known, kind in KINDS:
        if isinstance(widget, known):
            return kind
    if isinstance(widget, widgets.Input) and widget.input_type:
        return str(widget.input_type)
    return "other"


def _widget_context(bound: BoundField, widget: widgets.Widget, kind: str) -> dict[str, Any]:
    if kind == "date":  # browsers read ISO only; localised formats stay for parsing
        widget.format = "%Y-%m-%d"  # type: ignore[attr-defined]
        widget.is_localized = False
    elif kind == "time":
        widget.format = "%H:%M"  # type: ignore[attr-defined]
    elif kind == "datetime-local":
        widget.format = "%Y-%m-%dT%H:%M"  # type: ignore[attr-defined]
    attributes = bound.build_widget_attrs({}, widget)
    context: dict[str, Any] = widget.get_context(bound.html_name, bound.value(), attributes)["widget"]
    return context


def _checked(context: dict[str, Any]) -> bool:
    return bool(context["attrs"].get("checked"))


def _choices(context: dict[str, Any]) -> tuple[Choice, ...]:
    return tuple(
        Choice(
            value=str(option["value"]),
            label=str(option["label"]),
            selected=bool(option["selected"]),
            group=str(group or ""),
            disabled=bool(option["attrs"].get("disabled")),
        )
        for group, options, _index in context.get("optgroups", ())
        for option in options
    )
