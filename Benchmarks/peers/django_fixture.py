"""A fixture in XML or YAML, read by Django's own deserialiser, every object of it: the way loaddata reads it, without a database.

usage: django_fixture.py xml|yaml FIXTURE           reads it
       django_fixture.py xml|yaml FIXTURE FROM.json writes it, from a dumpdata that the generator made
"""
import sys, types
import django
from django.apps import AppConfig
from django.conf import settings

class Shop(AppConfig):
    path = "."
settings.configure(
    INSTALLED_APPS=["django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.messages",
                    "django.contrib.sessions", Shop("shop", types.ModuleType("shop"))],
    USE_TZ=True)
django.setup()
from django.core import serializers
from django.db import models

def model(name, /, **fields):
    class Meta: app_label = "shop"
    return type(name, (models.Model,), {"__module__": __name__, "Meta": Meta, **fields})

def to(name): return models.ForeignKey(f"shop.{name}", models.CASCADE, null=True)
def text(): return models.CharField(max_length=200, null=True)
def price(): return models.DecimalField(max_digits=12, decimal_places=2)

model("Category", name=text(), parent=to("Category"))
model("Tag", code=models.CharField(max_length=8, primary_key=True), label=text())
model("Product", sku=text(), uid=models.UUIDField(), name=text(), category=to("Category"), price=price(),
      stock=models.IntegerField(), rating=models.FloatField(), is_active=models.BooleanField(), attributes=models.JSONField(),
      lead_time=models.DurationField(), description=models.TextField(), created=models.DateTimeField(),
      tags=models.ManyToManyField("shop.Tag"))
model("Customer", user=models.ForeignKey("auth.User", models.CASCADE, null=True), name=text(), email=text(), phone=text(),
      city=text(), birthday=models.DateField(null=True), loyalty=models.BigIntegerField(), notes=models.TextField())
model("Order", customer=to("Customer"), status=text(), placed=models.DateTimeField(), total=price(), currency=text(),
      gift=models.BooleanField(), comment=models.TextField(null=True))
model("OrderItem", order=to("Order"), product=to("Product"), quantity=models.IntegerField(), unit_price=price())
model("Review", product=to("Product"), customer=to("Customer"), stars=models.IntegerField(), title=text(),
      body=models.TextField(), created=models.DateTimeField())

kind, path, *source = sys.argv[1:]
if source:
    with open(source[0], encoding="utf-8") as file, open(path, "w", encoding="utf-8") as out:
        class Values(list):
            """Many-to-many values as a serialiser asks the database for them."""
            def select_related(self, *_): return self
            def only(self, *_): return self
            def iterator(self, **_): return iter(self)
            _prefetch_related_lookups = ()
        class Objects:
            """Deserialised objects as a serialiser takes them."""
            def __iter__(self):
                for found in serializers.deserialize("json", file):
                    found.object._prefetched_objects_cache = {
                        name: Values(found.object._meta.get_field(name).related_model(pk=pk) for pk in values)
                        for name, values in (found.m2m_data or {}).items()}
                    yield found.object
        serializers.serialize(kind, Objects(), stream=out, indent=2 if kind == "xml" else None)
else:
    count = 0
    with open(path, encoding="utf-8") as file:
        for found in serializers.deserialize(kind, file): count += 1
    print(count)
