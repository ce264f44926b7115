"""The models of an invented library."""
import uuid

from django.conf import settings
from django.db import models


class Stamped(models.Model):
    """What all models of the library have."""

    changed = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class Shelf(models.Model):
    code = models.CharField(max_length=8, primary_key=True)
    room = models.PositiveSmallIntegerField(default=1)


class Book(Stamped):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    title = models.CharField(max_length=120)
    shelf = models.ForeignKey(Shelf, null=True, on_delete=models.SET_NULL, db_column="stands_on")
    price = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    lent_for = models.DurationField(null=True)
    notes = models.JSONField(default=dict)
    cover = models.BinaryField(null=True)
    editors = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True)
    follows = models.ForeignKey("self", null=True, on_delete=models.SET_NULL)

    class Meta:
        db_table = "catalogue"
        unique_together = [("title", "shelf")]


class Atlas(Book):
    sheets = models.IntegerField()
