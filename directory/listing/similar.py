"""Names that look like what was typed, where that found little: "Xochtil" finds Xóchitl.

By the index of the names' trigrams; cut where it takes long, since it is asked beside the list and not for it.
"""

from django.db import OperationalError, connection

from crm.patience import reading, was_cut
from crm.tenancy import current_workspace
from directory import search
from directory.listing import page
from directory.listing.listed import Listed
from directory.listing.wanted import Wanted
from workspaces.models import Membership

LITTLE = 5  # found: below that a slip of the finger is likely
LETTERS = 4
MILLISECONDS = 300
MOST, CANDIDATES = 20, 200
LIKE = 0.45  # of pg_trgm's word_similarity, 1 is the same

_SQL = """
SELECT id FROM directory_lead
WHERE workspace_id = %(workspace)s AND directory_fold(%(words)s) <%% name_key
ORDER BY word_similarity(directory_fold(%(words)s), name_key) DESC, id DESC LIMIT %(most)s
"""


def is_worth(wanted: Wanted, found: int) -> bool:
    words = wanted.words
    return found < LITTLE and len(words) >= LETTERS and not any(c.isdigit() or c == "@" for c in words)


def find(membership: Membership, wanted: Wanted) -> list[Listed]:
    """The likest first, without those that the words themselves find. Nothing where it takes longer than it may."""
    if not is_worth(wanted, 0):
        return []
    try:
        with reading(MILLISECONDS):
            ids = _ids(wanted.words)
            found = search.found(
                membership, wanted.words, LITTLE, within=lambda: wanted.listed, known_as=wanted.state
            )
            same = set(found)
            seen = page.again(membership, wanted.unsaid, ids)
    except OperationalError as error:
        if not was_cut(error):
            raise
        return []
    places = {pk: place for place, pk in enumerate(ids)}
    return sorted((one for one in seen if one.pk not in same), key=lambda one: places[one.pk])[:MOST]


def _ids(words: str) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL pg_trgm.word_similarity_threshold = {LIKE}")
        given: dict[str, int | str] = {"workspace": current_workspace(), "words": words, "most": CANDIDATES}
        cursor.execute(_SQL, given)
        return [row[0] for row in cursor.fetchall()]
