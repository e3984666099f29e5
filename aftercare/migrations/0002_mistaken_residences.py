from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('aftercare', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='historicalresidence',
            name='is_mistaken',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='residence',
            name='is_mistaken',
            field=models.BooleanField(default=False),
        ),
    ]
