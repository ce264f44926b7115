"""The models of the shop that the generator makes, in a project of Django that is set up when this is imported.

With PGHOST in the environment its database is the one that libpq would take.
"""
import os, types
import django
from django.apps import AppConfig
from django.conf import settings

class Shop(AppConfig):
    path = "."
DATABASE = {"ENGINE": "django.db.backends.postgresql", "HOST": os.environ.get("PGHOST", ""), "USER": os.environ.get("PGUSER", ""),
            "NAME": "bench"}
settings.configure(
    INSTALLED_APPS=["django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.messages",
                    "django.contrib.sessions", Shop("shop", types.ModuleType("shop"))],
    DATABASES={"default": DATABASE} if "PGHOST" in os.environ else {}, MIGRATION_MODULES={"shop": None}, USE_TZ=True)
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
