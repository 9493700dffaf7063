"""Swap tests: the page with a response applied to it equals the page loaded afresh.

    page = Swapped(client.get(url))
    response = client.post(action, data, headers=HTMX)
    page.apply(response, trigger="#team-7 form")     # honours hx-* of the page and HX-* of the response
    page.assert_same(client.get(url))

What htmx would do is done to the HTML tree: `hx-target`, `hx-swap`, `hx-select` inherited from ancestors,
`hx-select-oob`, `hx-swap-oob`, `HX-Retarget`, `HX-Reswap`, `HX-Reselect`, and `responseHandling` of the page's
htmx-config. Anything it does not know raises, so that no test passes by doing nothing.
"""

import copy
import difflib
import json
import re
from collections.abc import Callable, Iterable
from typing import Any

from bs4 import BeautifulSoup, Comment, NavigableString, Tag

HTMX = {"HX-Request": "true"}
# Gone after a reload (messages), or different each time by intent.
TRANSIENT = ("#toasts > *", "input[name=csrfmiddlewaretoken]", "[data-live-token]", "[data-swap-ignore]")
RANDOM_ATTRIBUTES = ("hx-headers", "data-client-id", "data-live-since", "data-live-token", "nonce")
_DEFAULT_HANDLING: list[dict[str, Any]] = [
    {"code": "204", "swap": False},
    {"code": "[23]..", "swap": True},
    {"code": "[45]..", "swap": False, "error": True},
]


class NotSwapped(AssertionError):
    """The response would not have changed the page."""


class Swapped:
    """A page in the browser, and what responses do to it."""

    def __init__(self, page: Any) -> None:
        assert page.status_code == 200, f"the page itself answers {page.status_code}"
        self.tree = _parse(page.content.decode())

    def apply(self, response: Any, *, trigger: str) -> "Swapped":
        """Does to the tree what htmx does when the element `trigger` (a CSS selector) got this response."""
        element = self._one(trigger)
        self._refuse_navigation(response)
        if not self._swaps(response.status_code):
            raise NotSwapped(f"htmx does not swap a {response.status_code} here")
        fragment = _parse(response.content.decode())
        self._swap_out_of_band(fragment, inherited(element, "hx-select-oob"))
        select = response.headers.get("HX-Reselect") or inherited(element, "hx-select")
        if select and select != "unset":
            chosen = fragment.select(select)
            assert chosen, f"hx-select {select} finds nothing in the response"
            fragment = _parse("".join(str(tag) for tag in chosen))
        target = response.headers.get("HX-Retarget") or inherited(element, "hx-target")
        style = response.headers.get("HX-Reswap") or inherited(element, "hx-swap") or "innerHTML"
        self._swap(self._target(element, target), style.split()[0], _content(fragment))
        return self

    def assert_same(self, fresh: Any, *, ignore: Iterable[str] = ()) -> None:
        """Raises AssertionError with a diff of the trees unless the page equals the one loaded afresh."""
        ours = _normal(self.tree, ignore)
        theirs = _normal(_parse(fresh.content.decode()), ignore)
        if ours != theirs:
            lines = difflib.unified_diff(
                theirs, ours, "loaded afresh", "with the response applied", lineterm="", n=4
            )
            raise AssertionError("The swapped page is not the page:\n" + "\n".join(lines))

    def _one(self, selector: str) -> Tag:
        found = self.tree.select(selector)
        assert len(found) == 1, f"{selector} finds {len(found)} elements in the page"
        return found[0]

    def _refuse_navigation(self, response: Any) -> None:
        for header in ("HX-Redirect", "HX-Location", "HX-Refresh"):
            assert header not in response.headers, f"the response leaves the page: {header}"

    def _swaps(self, status: int) -> bool:
        config = self.tree.select_one("meta[name=htmx-config]")
        rules = json.loads(str(config["content"])).get("responseHandling") if config else None
        for rule in rules or _DEFAULT_HANDLING:
            if re.search(rule["code"], str(status)):
                return bool(rule.get("swap"))
        return False

    def _target(self, element: Tag, target: str | None) -> Tag:
        """The element that an extended CSS selector of htmx names, seen from `element`."""
        if target is None:
            return element
        kind, _, rest = target.partition(" ")
        found: Tag | None
        if target == "this":
            found = next((tag for tag in _lineage(element) if tag.get("hx-target") == "this"), element)
        elif target == "body":
            found = self.tree.body
        elif kind == "closest":
            found = next((tag for tag in _lineage(element) if _matches(tag, rest)), None)
        elif kind == "find":
            found = element.select_one(rest)
        elif kind in ("next", "previous"):
            search = element.find_all_next if kind == "next" else element.find_all_previous
            found = next((tag for tag in search(True) if not rest or _matches(tag, rest)), None)
        else:
            found = self.tree.select_one(target)
        if found is None:
            raise NotSwapped(f"hx-target {target} finds nothing")
        return found

    def _swap_out_of_band(self, fragment: BeautifulSoup, selected: str | None) -> None:
        for entry in filter(None, (selected or "").split(",")):
            selector, _, style = entry.strip().partition(":")
            for tag in fragment.select(selector):
                tag["hx-swap-oob"] = style or "true"
        for tag in fragment.select("[hx-swap-oob]"):
            if tag.find_parent(attrs={"hx-swap-oob": True}):
                continue
            style, _, selector = str(tag["hx-swap-oob"]).partition(":")
            del tag["hx-swap-oob"]
            tag.extract()
            targets = self.tree.select(selector or f'[id="{tag.get("id")}"]')
            if not targets:
                raise NotSwapped(f"out of band: {selector or tag.get('id')} finds nothing")
            style = "outerHTML" if style == "true" else style
            for target in targets:
                self._swap(target, style, [tag] if style == "outerHTML" else list(tag.contents))

    def _swap(self, target: Tag, style: str, content: list[Any]) -> None:
        new = [copy.copy(node) for node in content]
        if style not in _SWAPS:
            raise NotSwapped(f"unknown hx-swap: {style}")
        _SWAPS[style](target, new)


def _replace_content(target: Tag, new: list[Any]) -> None:
    target.clear()
    target.extend(new)


_SWAPS: dict[str, Callable[[Tag, list[Any]], object]] = {
    "innerHTML": _replace_content,
    "textContent": lambda target, new: setattr(target, "string", "".join(node.get_text() for node in new)),
    "outerHTML": lambda target, new: target.replace_with(*new),
    "beforebegin": lambda target, new: target.insert_before(*new),
    "afterbegin": lambda target, new: [target.insert(position, node) for position, node in enumerate(new)],
    "beforeend": lambda target, new: target.extend(new),
    "afterend": lambda target, new: target.insert_after(*new),
    "delete": lambda target, new: target.decompose(),
    "none": lambda target, new: None,
}


def inherited(element: Tag, attribute: str) -> str | None:
    """An hx-* attribute's value on the element or its nearest ancestor that has it."""
    for tag in _lineage(element):
        for name in (attribute, f"data-{attribute}"):
            if tag.has_attr(name):
                return str(tag[name])
        if tag is not element and (tag.get("hx-disinherit") in ("*", attribute)):
            return None
    return None


def _lineage(element: Tag) -> list[Tag]:
    return [element, *element.parents]


def _matches(tag: Tag, selector: str) -> bool:
    return bool(tag.css.match(selector))


def _parse(html: str) -> BeautifulSoup:
    return BeautifulSoup(html, "html.parser")


def _content(fragment: BeautifulSoup) -> list[Any]:
    """What of a response is put into the page: of a whole document, its body."""
    if fragment.title:
        fragment.title.decompose()  # htmx puts it into the tab
    return list((fragment.body or fragment).contents)


def _normal(tree: BeautifulSoup, ignore: Iterable[str]) -> list[str]:
    """The body as lines: attributes and classes in order, white space as the browser shows it."""
    body = copy.copy(tree.body or tree)
    for selector in (*TRANSIENT, *ignore):
        for tag in body.select(selector):
            tag.decompose()
    return list(_lines(body, 0))


def _lines(node: Any, depth: int) -> Iterable[str]:
    if isinstance(node, Comment):
        return
    if isinstance(node, NavigableString):
        if text := " ".join(node.split()):
            yield f"{'  ' * depth}{text}"
        return
    attributes = {
        name: sorted(value) if isinstance(value, list) else value
        for name, value in sorted(node.attrs.items())
        if name not in RANDOM_ATTRIBUTES
    }
    yield f"{'  ' * depth}<{node.name}{''.join(f' {n}={v!r}' for n, v in attributes.items())}>"
    for child in node.children:
        yield from _lines(child, depth + 1)
