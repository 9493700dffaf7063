"""Statements of SQL that is put together from several compiled querysets, for what no single queryset says."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from crm.prepared.reading import Statement, _Compiled, _given
from crm.tenancy import current_workspace


class Later:
    """A value that is another in each run of a statement: it says which, by those that are given to the run."""

    def given(self, values: Mapping[str, Any]) -> Any:
        raise NotImplementedError


def put_together(sql: str, params: Iterable[Any], **samples: Any) -> Statement[tuple[Any, ...]]:
    """In the open scope, of what was compiled in it; rows are tuples. `samples` as those of `Statement.of`."""

    def parameter(value: Any) -> Callable[[dict[str, Any]], Any]:
        return value.given if isinstance(value, Later) else _given(value, samples)

    return Statement(
        current_workspace(), _Compiled(sql, tuple(map(parameter, params)), None, (), locks=False)
    )


def nothing() -> Statement[tuple[Any, ...]]:
    """Of what can have no rows."""
    return Statement(current_workspace(), None)
