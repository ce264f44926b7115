import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Book',
            fields=[
                ('changed', models.DateTimeField(null=True)),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('title', models.CharField(max_length=120)),
                ('price', models.DecimalField(decimal_places=2, max_digits=8, null=True)),
                ('lent_for', models.DurationField(null=True)),
                ('notes', models.JSONField(default=dict)),
                ('cover', models.BinaryField(null=True)),
                ('editors', models.ManyToManyField(blank=True, to=settings.AUTH_USER_MODEL)),
                ('follows', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, to='library.book')),
            ],
            options={
                'db_table': 'catalogue',
            },
        ),
        migrations.CreateModel(
            name='Shelf',
            fields=[
                ('code', models.CharField(max_length=8, primary_key=True, serialize=False)),
                ('room', models.PositiveSmallIntegerField(default=1)),
            ],
        ),
        migrations.CreateModel(
            name='Atlas',
            fields=[
                ('book_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='library.book')),
                ('sheets', models.IntegerField()),
            ],
            options={
                'abstract': False,
            },
            bases=('library.book',),
        ),
        migrations.AddField(
            model_name='book',
            name='shelf',
            field=models.ForeignKey(db_column='stands_on', null=True, on_delete=django.db.models.deletion.SET_NULL, to='library.shelf'),
        ),
        migrations.AlterUniqueTogether(
            name='book',
            unique_together={('title', 'shelf')},
        ),
    ]
