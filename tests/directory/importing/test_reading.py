"""What files there are: encodings, delimiters, broken rows, spreadsheets, and what is no table at all."""

import csv
import io
import zipfile
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm.tenancy import scope
from directory import phones
from directory.importing import (
    archives,
    cells,
    columns,
    encodings,
    guessing,
    limits,
    numbers,
    records,
    sheets,
    storing,
)
from directory.importing.archives import Unfit
from directory.models import ImportRow, Lead
from tests.directory.importing import desk

TABLE = "Nombre;Teléfono\nPeña;55 1234 5678\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_an_encoding_is_told_from_the_bytes(encoding):
    raw = TABLE.encode(encoding)
    assert raw.decode(encodings.encoding_of(io.BytesIO(raw))).lstrip("\ufeff") == TABLE


def test_a_few_broken_bytes_do_not_make_utf8_another_encoding():
    raw = ("José Peña Muñoz; " * 20).encode() + b"\xf1"
    assert encodings.encoding_of(io.BytesIO(raw)) == "utf-8"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_delimiter_is_told_from_the_first_rows(delimiter):
    rows = [["Nombre", "Valor", "Notas"], ["Ana, María", "1,5", "uno; dos"], ["Luis", "2,5", "a|b\notra"]]
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    assert encodings.delimiter_of(out.getvalue()) == delimiter


def test_a_quotation_mark_that_is_never_closed_costs_one_row():
    text = 'a,b\n"1,2\n3,4\n5,6\n' + "7,8\n" * 5
    found = list(records.read(io.StringIO(text, newline=""), ",", width=2))
    assert [(one.number, one.problem) for one in found[:4]] == [(1, ""), (2, "broken"), (3, ""), (4, "")]
    assert len(found) == 9
    closed = 'a,b\n"1,2\n3,4\n5,"6\n7,8\n'  # another one closes it, rows later
    found = list(records.read(io.StringIO(closed, newline=""), ",", width=2))
    assert [(one.cells, one.problem) for one in found][-1] == (["7", "8"], "")


@settings(max_examples=150)
@given(
    st.lists(
        st.lists(st.text(st.characters(blacklist_categories=("Cs",)), max_size=30), min_size=1, max_size=5),
        max_size=12,
    )
)
def test_whatever_is_written_is_read_again(rows):
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    found = [one.cells for one in records.read(io.StringIO(out.getvalue(), newline=""), ",")]
    assert found == [row for row in rows if any(row)]


@settings(max_examples=200)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_to_their_end(raw):
    encoding = encodings.encoding_of(io.BytesIO(raw))
    errors = "replace" if encoding.startswith("utf-16") else "surrogateescape"
    text = io.TextIOWrapper(io.BytesIO(raw), encoding=encoding, errors=errors, newline="")
    numbers = [one.number for one in records.read(text, encodings.delimiter_of("a"), width=2)]
    assert numbers == sorted(set(numbers))


@pytest.mark.parametrize(
    ("text", "style", "expected"),
    [
        ("31/12/2024", cells.DMY, date(2024, 12, 31)),
        ("12/31/2024", cells.MDY, date(2024, 12, 31)),
        ("2024-12-31", cells.DMY, date(2024, 12, 31)),
        ("20241231", cells.MDY, date(2024, 12, 31)),
        ("3.4.24", cells.DMY, date(2024, 4, 3)),
        ("3/4/24", cells.MDY, date(2024, 3, 4)),
        ("12 de enero de 2024", cells.MDY, date(2024, 1, 12)),
        ("Jan 5, 2024", cells.DMY, date(2024, 1, 5)),
        ("31/12/1975", cells.DMY, date(1975, 12, 31)),
    ],
)
def test_a_date_is_read_in_its_style(text, style, expected):
    assert cells.day(text, style) == expected


def test_what_is_no_date_is_none_and_a_style_is_guessed():
    for text in ("31/02/2024", "12/31/2024", "mañana", "0000-00-00", "99999"):
        with pytest.raises(cells.Unclear):
            cells.day(text, cells.DMY)
    assert cells.style_of(["01/02/2024", "02/13/2024"], cells.DMY) == cells.MDY
    assert cells.style_of(["01/02/2024", "13/02/2024"], cells.MDY) == cells.DMY
    assert cells.style_of(["2024-02-01"], cells.MDY) == cells.YMD
    assert cells.style_of(["01/02/2024"], cells.MDY) == cells.MDY


@settings(max_examples=200)
@given(st.text(max_size=40))
def test_no_cell_breaks_the_reader(text):
    for read in (lambda: cells.day(text, cells.DMY), lambda: cells.status(text), lambda: cells.parts(text)):
        try:
            read()
        except cells.Unclear:
            continue
    guessing.mapping([text, text], [[text, text]])


def test_columns_are_guessed_by_header_and_by_content():
    headers = [
        "Nombre completo",
        "WhatsApp",
        "E-mail",
        "Algo",
        "Otra cosa",
        "Fecha de alta",
        "Notas internas",
        "Ciudad",
    ]
    samples = [["Ana", "5512345678", "a@a.mx", "+52 55 1234 5678", "b@b.mx", "31/12/2024", "x", "Puebla"]] * 4
    assert guessing.mapping(headers, samples) == [
        "name",
        "phone",
        "email",
        "phone",
        "email",
        "created",
        "notes",
        "city",
    ]
    assert guessing.looks_like_a_lead(["Ana", "55 1234 5678"])
    assert not guessing.looks_like_a_lead(["Nombre", "Teléfono 1"])


@pytest.mark.django_db(transaction=True)
def test_a_spreadsheet_is_read_as_people_see_it(owner, workspace):
    made = desk.sheet(
        [
            ["Clientes 2024"],
            [],
            ["Nombre", "Teléfono", "Fecha", "Ciudad", "Valor"],
            ["Ana", 5512345678, datetime(2024, 12, 31), "Puebla", 12.5],
            ["Luis", "55 1234 5679", date(2024, 1, 2), None, None],
        ],
        merged=("D4:D5", "A1:E1"),
    )
    one = desk.upload(owner, "a.xlsx", made)
    assert one.profile["headers"] == ["Nombre", "Teléfono", "Fecha", "Ciudad", "Valor"]
    assert one.profile["samples"] == [
        ["Ana", "5512345678", "2024-12-31", "Puebla", "12.5"],
        ["Luis", "55 1234 5679", "2024-01-02", "Puebla", ""],
    ]
    one = desk.run(one, owner)
    with scope(workspace):
        assert sorted(Lead.objects.values_list("name", "city")) == [("Ana", "Puebla"), ("Luis", "Puebla")]
        assert set(ImportRow.objects.values_list("number", flat=True)) == {4, 5}


def test_a_formula_gives_its_value(tmp_path):
    """As Excel saves it, with the value beside the formula."""
    made = io.BytesIO(desk.sheet([["Nombre", "Doble"], ["Ana", 7]]))
    source, table = tmp_path / "a.xlsx", tmp_path / "a.csv"
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(source, "w") as new:
        for part in old.namelist():
            content = old.read(part)
            if part == "xl/worksheets/sheet1.xml":
                content = content.replace(b"<v>7</v>", b"<f>3+4</f><v>7</v>")
            new.writestr(part, content)
    assert sheets.to_table(source, table).names == ["Leads"]
    assert table.read_text().splitlines() == ["1,Nombre,Doble", "2,Ana,7"]


def test_a_bomb_is_not_opened(monkeypatch):
    most = 64 * limits.MB
    monkeypatch.setattr(archives, "MOST_INFLATED", most)
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(archives.WORKBOOK, b"<x/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as part:
            for _piece in range(most // limits.MB + 2):
                part.write(b"\0" * limits.MB)
    with pytest.raises(Unfit, match="sheet_too_large"):
        archives.check(bomb)
    # A directory that lies about the size: what is inflated is counted, too.
    lying = bytearray(bomb.getvalue())
    real = (most // limits.MB + 2) * limits.MB
    assert lying.count(real.to_bytes(4, "little"))
    lying = lying.replace(real.to_bytes(4, "little"), (10).to_bytes(4, "little"))
    with pytest.raises(Unfit):
        archives.check(io.BytesIO(bytes(lying)))


def test_what_grows_in_memory_ends_its_own_process_only(tmp_path, monkeypatch):
    """A text that very many cells name: small as a file, and beyond the limit once it is read."""
    monkeypatch.setattr(limits, "SHEET_MEMORY", 400 * limits.MB)
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 60_001))
    source = tmp_path / "a.xlsx"
    with (
        zipfile.ZipFile(io.BytesIO(desk.sheet([["x"]]))) as old,
        zipfile.ZipFile(source, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.namelist():
            content = old.read(part)
            if part == "xl/worksheets/sheet1.xml":
                head, tail = content.split(b"<sheetData>")[0], content.split(b"</sheetData>")[1]
                content = head + b"<sheetData>" + rows.encode() + b"</sheetData>" + tail
            new.writestr(part, content)
        words = "<si><t>" + "x" * 32_000 + "</t></si>"
        space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
        new.writestr("xl/sharedStrings.xml", f"<sst {space}>{words}</sst>")
    assert source.stat().st_size < limits.MB
    with pytest.raises(Unfit, match="sheet_too_large"):
        sheets.to_table(source, tmp_path / "a.csv")


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.csv", b"", "empty"),
        ("a.csv", b"\xef\xbb\xbf \r\n", "empty"),
        ("a.xlsx", b"PK\x03\x04 no archive", "no_sheet"),
        ("a.ods", b"PK\x03\x04", "not_excel"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old_excel"),
        ("a.csv", b"%PDF-1.7 ...", "no_table"),
        ("a.csv", b"<!DOCTYPE html><table>", "no_table"),
        ("a.csv", bytes(range(32)) * 20, "no_table"),
    ],
)
def test_what_is_no_table_is_told_by_its_content(name, content, code, workspace):
    from django.core.files.uploadedfile import SimpleUploadedFile

    with pytest.raises(Unfit, match=code):
        storing.keep(SimpleUploadedFile(name, content), workspace.pk)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"Nombre,Tel\n", "header_only"),
        (b"\n\n;\n", "empty"),
        (",".join(["a"] * 201).encode() + b"\nx\n", "too_many_columns"),
    ],
)
def test_what_has_no_rows_says_so(owner, content, code):
    one = desk.upload(owner, "a.csv", content)
    assert (one.state, one.problem) == ("broken", code)


@pytest.mark.django_db(transaction=True)
def test_bad_rows_are_named_and_the_rest_goes_on(owner, workspace):
    rows = [
        b"Nombre,Nombre,Tel,,Ciudad",
        b"Ana,,55 1234 5678,,Puebla",
        b"Luis,,55 1234 5679,,Puebla,de,m\xc3\xa1s",
        b"E\xffva,,55 1234 5680,,",
        b"Nu\x00l,,55 1234 5681,,",
        b'"Abierta,,55 1234 5682,,',
        b",,,,Le\xc3\xb3n",
        b"Bien,,55 1234 5683,,Le\xc3\xb3n \xc3\xa1\xc3\xa9\xc3\xad\xc3\xb3\xc3\xba \xc3\xb1\xc3\xb1\xc3\xb1",
    ]
    one = desk.upload(owner, "a.csv", b"\n".join(rows))
    assert one.profile["headers"] == ["Nombre", "Nombre (2)", "Tel", "D", "Ciudad"]
    assert one.layout["encoding"] == "utf-8"
    one = desk.run(one, owner)
    assert desk.counts(one) == (2, 0, 0, 5)
    with scope(workspace):
        found = (
            ImportRow.objects.filter(outcome="refused").order_by("number").values_list("number", "problems")
        )
        assert [
            (number, [(column, code) for column, code, _args in problems]) for number, problems in found
        ] == [
            (3, [(-1, "extra_cells")]),
            (4, [(0, "bytes")]),
            (5, [(0, "nul")]),
            (6, [(-1, "broken")]),
            (7, [(-1, "nobody")]),
        ]


@settings(max_examples=600)
@given(
    st.sampled_from(["MX", "BR", "AR", "ES", "US", "CO", "PE", "CL", "IT", "GB", "RU", "DE", "HU", ""]),
    st.sampled_from(
        ["", "+", "+52", "+521", "+55", "+54", "+549", "+34", "+1", "+39", "+44", "+7", "0", "00", "1"]
    ),
    st.text("0123456789 -.()", min_size=5, max_size=16),
)
def test_a_plain_number_is_what_the_library_makes_of_it(region, prefix, rest):
    text = prefix + rest
    quick = numbers.plain(text, region)
    assert quick is None or quick == phones.parse(text, region or None)


def test_the_usual_ways_to_write_a_number_are_plain():
    written = [
        "+52 55 1234 5678",
        "55 1234 5678",
        "+5215512345678",
        "(55) 1234-5678",
        "+55 11 91234-5678",
        "+34 612 345 678",
    ]
    for text in written:
        assert numbers.plain(text, "MX") in (None, phones.parse(text, "MX"))
    assert [text for text in written if numbers.plain(text, "MX") is None] == ["+5215512345678"]


@given(st.from_regex(columns._PLAIN_EMAIL, fullmatch=True).filter(lambda text: len(text) <= 254))
@settings(max_examples=200)
def test_a_plain_address_is_one_that_the_validator_takes(text):
    columns._email(text)
