"""Where something still stands: every table of the database, what is encrypted in them, every file of the store.

    traces.of("Zenobia", 7391846205)      {("inbox_message", "Zenobia"), …}

Found by the catalogue and not by our models, so that a table nobody thought of is looked into, too.
"""

import base64
import zlib
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import connection

from crm.encryption import keys
from crm.encryption.fields import EncryptedField

TABLES = """
    SELECT c.relname, format('%I.%I', n.nspname, c.relname)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'm', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
"""


def of(*wanted: str | int) -> set[tuple[str, str]]:
    """(table, what was found): in any column as text (json and arrays, too), in bytes, in what is encrypted, in files.
    A number counts where it stands alone, a word in any case and anywhere."""
    words = [str(one) for one in wanted]
    found = {(name, word) for name, table in _tables() for word in words if _is_in(table, word)}
    found |= {(name, word) for name, text in _encrypted() for word in words if word.lower() in text.lower()}
    found |= {
        (f"file {path}", word) for path, text in _files() for word in words if word.lower() in text.lower()
    }
    return found


def _tables() -> list[tuple[str, str]]:
    """(name, as it is named in a statement)."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        return cursor.fetchall()


def _is_in(table: str, word: str) -> bool:
    given = {"word": f"%{word}%", "hex": f"%{word.encode().hex()}%", "number": rf"(^|\D){word}(\D|$)"}
    words = "t::text ILIKE %(word)s OR t::text ILIKE %(hex)s"
    test = "t::text ~ %(number)s" if word.isdigit() else words
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS (SELECT FROM {table} t WHERE {test})", given)
        return bool(cursor.fetchone()[0])


def _encrypted() -> list[tuple[str, str]]:
    """(table, what it says) of each encrypted column of each row, as the database holds it."""
    found = []
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, EncryptedField):
                with connection.cursor() as cursor:
                    cursor.execute(f'SELECT "{field.column}" FROM "{model._meta.db_table}"')
                    values = [value for (value,) in cursor.fetchall() if value]
                found += [
                    (f"{model._meta.db_table} (encrypted)", _plain(keys.decrypt(one))) for one in values
                ]
    return found


def _plain(text: str) -> str:
    if text.startswith("zlib:"):
        return zlib.decompress(base64.b64decode(text.removeprefix("zlib:"))).decode(errors="replace")
    return text


def _files() -> list[tuple[str, str]]:
    """Names and contents together."""
    root = Path(settings.MEDIA_ROOT)
    files = [one for one in root.rglob("*") if one.is_file()]
    return [
        (str(one.relative_to(root)), f"{one.relative_to(root)} {one.read_bytes().decode(errors='replace')}")
        for one in files
    ]
