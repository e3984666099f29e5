"""The append-only log as Django sees it; its rows are written by raw INSERT and read by the auditor's role."""

from django.db import models


class AuditEvent(models.Model):
    """One thing that happened: who, what, when, why; never what was seen."""

    id = models.BigIntegerField(primary_key=True)
    epoch = models.IntegerField()
    xid = models.TextField()
    at = models.DateTimeField()
    body = models.BinaryField()

    class Meta:
        managed = False
        db_table = "audit_event"
        ordering = ("id",)


class AuditSubject(models.Model):
    """Which event names which person, so that "who has seen her" is one look-up."""

    event_id = models.BigIntegerField(primary_key=True)
    subject = models.UUIDField()
    actor = models.TextField()
    act = models.TextField()

    class Meta:
        managed = False
        db_table = "audit_subject"
