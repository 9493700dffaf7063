from types import SimpleNamespace

import pytest

from tests.swap import NotSwapped, Swapped

PAGE = """<html><head><title>t</title></head><body hx-headers='{"X-CSRFToken": "a"}'>
<ul id="list"><li id="a" class="x y"><form id="f" hx-post="/" {attributes}>one</form></li>
<li id="b">two</li></ul><p id="count">2</p><div id="toasts"></div></body></html>"""


def answer(html: str, status: int = 200, **headers: str) -> SimpleNamespace:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return SimpleNamespace(status_code=status, content=html.encode(), headers=named)


def page(attributes: str = "") -> Swapped:
    return Swapped(answer(PAGE.replace("{attributes}", attributes)))


def body(swapped: Swapped) -> str:
    return "".join(str(swapped.tree.body).split("\n")).partition(">")[2].removesuffix("</body>")


@pytest.mark.parametrize(
    ("attributes", "response", "expected"),
    [
        ("", answer("<b>x</b>"), '<form hx-post="/" id="f"><b>x</b></form>'),
        ('hx-target="#list"', answer("<li>x</li>"), '<ul id="list"><li>x</li></ul>'),
        ('hx-target="#count"', answer("3"), '<p id="count">3</p>'),
        ('hx-target="closest li" hx-swap="outerHTML"', answer("<i>x</i>"), '"list"><i>x</i><li id="b">'),
        ('hx-target="closest li" hx-swap="delete"', answer(""), '"list"><li id="b">'),
        ('hx-target="next li" hx-swap="afterend settle:1s"', answer("<li>x</li>"), 'two</li><li>x</li></ul>'),
        ('hx-target="#list" hx-swap="beforeend"', answer("<li>x</li>"), 'two</li><li>x</li></ul>'),
        ('hx-target="#list" hx-swap="afterbegin"', answer("<i>x</i><i>y</i>"), '"list"><i>x</i><i>y</i><li'),
        ('hx-target="#b" hx-swap="beforebegin"', answer("<li>x</li>"), '<li>x</li><li id="b">'),
        ("", answer("<i>x</i>", HX_Retarget="#b", HX_Reswap="innerHTML"), '<li id="b"><i>x</i></li>'),
        ('hx-swap="none"', answer('<p id="count" hx-swap-oob="true">3</p>'), '<p id="count">3</p>'),
        ('hx-swap="none"', answer('<li hx-swap-oob="beforeend:#list"><li>x</li></li>'), 'two</li><li>x</li></ul>'),
        ('hx-target="#count" hx-select="b"', answer("<div><b>3</b> of</div>"), '<p id="count"><b>3</b></p>'),
        ('hx-target="#b"', answer("<html><title>n</title><body><i>x</i></body></html>"), '<li id="b"><i>x</i></li>'),
    ],
)  # fmt: skip
def test_a_response_is_put_where_htmx_puts_it(attributes, response, expected):
    swapped = page(attributes).apply(response, trigger="#f")
    assert expected in body(swapped)


def test_targets_are_inherited():
    whole = PAGE.replace("{attributes}", "").replace(
        'id="list"', 'id="list" hx-target="this" hx-swap="delete"'
    )
    swapped = Swapped(answer(whole)).apply(answer(""), trigger="#f")
    assert swapped.tree.select("#list") == []


@pytest.mark.parametrize(
    "response",
    [
        answer("x", status=204),
        answer("x", status=500),
        answer("x", HX_Redirect="/"),
        answer("x", HX_Retarget="#nowhere"),
        answer("x", HX_Reswap="sideways"),
        answer('<p id="nowhere" hx-swap-oob="true">x</p>'),
    ],
)
def test_a_response_that_would_change_nothing_fails(response):
    with pytest.raises(AssertionError):
        page().apply(response, trigger="#f")


def test_the_pages_own_handling_of_statuses_counts():
    config = (
        """<meta name="htmx-config" content='{"responseHandling":[{"code":"422","swap":true}]}'></head>"""
    )
    whole = PAGE.replace("{attributes}", "").replace("</head>", config)
    Swapped(answer(whole)).apply(answer("x", status=422), trigger="#f")
    with pytest.raises(NotSwapped):
        Swapped(answer(whole)).apply(answer("x", status=409), trigger="#f")


def test_the_swapped_page_is_compared_with_the_page_loaded_afresh():
    fresh = PAGE.replace("{attributes}", "").replace('"a"}', '"b"}').replace("x y", "y  x")
    swapped = page().apply(answer("", HX_Reswap="none"), trigger="#f")
    swapped.assert_same(answer(fresh.replace("></div>", "><i>a toast</i></div>")))
    with pytest.raises(AssertionError, match="three"):
        swapped.assert_same(answer(fresh.replace("two", "three")))
