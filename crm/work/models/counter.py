from django.db import connection, models
from django.db.models.functions import Now


class CounterQuerySet(models.QuerySet["Counter", "Counter"]):
    def add(self, name: str, amount: int = 1) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO work_counter (name, value, changed_at) VALUES (%s, %s, statement_timestamp())"
                " ON CONFLICT (name) DO UPDATE SET value = work_counter.value + excluded.value,"
                " changed_at = excluded.changed_at",
                [name, amount],
            )

    def value(self, name: str) -> int:
        return self.filter(name=name).values_list("value", flat=True).first() or 0


class Counter(models.Model):
    """How often something went wrong that harms nobody, but that the operator should see: a lost nudge."""

    name = models.CharField(max_length=60, primary_key=True)
    value = models.BigIntegerField(default=0)
    changed_at = models.DateTimeField(db_default=Now())

    objects = CounterQuerySet.as_manager()
