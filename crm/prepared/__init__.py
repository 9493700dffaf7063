"""Statements that every page or message makes, with their SQL compiled once.

Building and compiling a query takes Django five times as long as PostgreSQL and the driver take to answer it, and `in`
with the ids of a page as long again. Where an act has a budget of a few milliseconds, what it reads is described once,
by a queryset, and later only run (`Prepared`; `Statement`, kept in a `Remembered`); what it writes is a row's INSERT or
UPDATE (`insert`, `update`), the same each time; `rows` runs SQL of ours. PostgreSQL keeps the plans of all but
a `Statement`, unless that says so, or is whole.
"""

from crm.prepared.cursors import rows
from crm.prepared.lately import Lately
from crm.prepared.reading import Later, Prepared, Statement
from crm.prepared.remembering import Remembered
from crm.prepared.writing import insert, update

__all__ = ["Lately", "Later", "Prepared", "Remembered", "Statement", "insert", "rows", "update"]
