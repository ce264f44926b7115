"""A fixture loaded into the PostgreSQL database `bench` by Django's own loaddata, which needs the tables of its models.

usage: django_loaddata.py FIXTURE.json
"""
import sys
import shop_models
from django.apps import apps
from django.core.management import call_command

call_command("migrate", verbosity=0)
# Tables are made of models only where their application has a module of them.
apps.get_app_config("shop").models_module = shop_models
call_command("migrate", run_syncdb=True, verbosity=0)
# Rows that migrating makes have keys of the fixture's.
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
Permission.objects.all().delete()
ContentType.objects.all().delete()
call_command("loaddata", sys.argv[1], verbosity=0)
