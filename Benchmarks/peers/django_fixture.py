"""A fixture in XML or YAML, read by Django's own deserialiser, every object of it: the way loaddata reads it, without a database.

usage: django_fixture.py xml|yaml FIXTURE           reads it
       django_fixture.py xml|yaml FIXTURE FROM.json writes it, from a dumpdata that the generator made
"""
import sys
import shop_models
from django.core import serializers

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
