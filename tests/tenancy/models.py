"""A small world: shelves hold books, books have labels, readers outside tenancy borrow them."""

from django.db import models
from django.db.models.functions import Lower

from crm.tenancy import PARENT_KEY, TenantManager, TenantModel, TenantQuerySet
from crm.tenancy.fields import TenantForeignKey


class Reader(models.Model):
    """Outside tenancy, as a User is."""

    name = models.CharField(max_length=50)


class ShelfQuerySet(TenantQuerySet["Shelf"]):
    def tall(self) -> "ShelfQuerySet":
        return self.filter(height__gte=10)


class Shelf(TenantModel):
    name = models.CharField(max_length=50)
    height = models.IntegerField(default=1)
    built = models.DateField(null=True, blank=True)

    objects = TenantManager.from_queryset(ShelfQuerySet)()

    class Meta:
        constraints = [PARENT_KEY, models.UniqueConstraint("workspace", Lower("name"), name="shelf_name")]


class Label(TenantModel):
    word = models.CharField(max_length=50)

    class Meta:
        constraints = [PARENT_KEY, models.UniqueConstraint(fields=["workspace", "word"], name="label_word")]


class Book(TenantModel):
    title = models.CharField(max_length=50)
    due_at = models.DateTimeField(null=True)
    shelf = TenantForeignKey(Shelf, models.CASCADE, related_name="books")
    sequel = TenantForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="prequels")
    reader = models.ForeignKey(Reader, models.SET_NULL, null=True, related_name="books", db_index=False)
    labels = models.ManyToManyField(Label, through="BookLabel", related_name="books")

    class Meta:
        constraints = [PARENT_KEY]
        indexes = [
            models.Index(fields=["workspace", "shelf"], name="book_shelf"),
            models.Index(fields=["workspace", "sequel"], name="book_sequel"),
            models.Index(fields=["workspace", "reader"], name="book_reader"),
            models.Index(fields=["due_at"], name="book_due", condition=models.Q(due_at__isnull=False)),
        ]


class BookLabel(TenantModel):
    book = TenantForeignKey(Book, models.CASCADE, related_name="+")
    label = TenantForeignKey(Label, models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "book", "label"], name="booklabel_once")]
        indexes = [models.Index(fields=["workspace", "label"], name="booklabel_label")]


class Page(TenantModel):
    """Deleted with its book by PostgreSQL, not by Django."""

    number = models.IntegerField()
    book = TenantForeignKey(Book, models.DO_NOTHING, related_name="pages")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "book", "number"], name="page_number")]
