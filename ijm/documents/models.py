"""Papers: what was printed about which file, by whom, under which number. And files that were attached to a case file."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ijm.accounts.models import WRITING, Office, User
from ijm.casefiles.models import CaseFile
from ijm.documents import kinds
from ijm.guard.declare import Machinery, Own
from ijm.people.models import Alias
from ijm.trail.history import Recorded
from ijm.vault.parcels import Parcel
from ijm.vault.sealed import Compartment, SealedModel

MINE = "file_id = ANY (ARRAY(SELECT guard.my_files()))"
OPENED = "file_id = ANY (ARRAY(SELECT guard.files_opened_now()))"
ADDED = "added_by_id = (SELECT guard.uid())"
HERS = "printed_by_id = (SELECT guard.uid())"


class Template(models.TextChoices):
    """What kind of paper it is."""

    COURT = "court", _("Letter to a court: support and seating at a hearing")
    REFERRAL = "referral", _("Referral letter to a partner")
    RECEIPT = "receipt", _("Letter confirming receipt of a referral")
    HANDOVER = "handover", _("Case summary for hand-over")
    BLANK = "blank", _("Letter with letterhead, written freely")
    SHEET = "sheet", _("Sheet of a list")
    ERASURE = "erasure", _("Certificate of erasure")


class Language(models.TextChoices):
    """The language a paper is written in, whatever the language of the page."""

    KHMER = "km", _("Khmer")
    ENGLISH = "en", _("English")


class Format(models.TextChoices):
    """What the browser is given."""

    PDF = "pdf", _("PDF, ready to sign")
    WORD = "docx", _("Word, to edit first")
    XLSX = "xlsx", _("Spreadsheet (XLSX)")
    CSV = "csv", _("Plain table (CSV)")


class Paper(SealedModel):
    """One paper that left the house: its number, its marks, the file it is about; its words and reader are sealed."""

    guard = Own(select=f"({MINE}) OR (file_id IS NULL AND {HERS})",
                insert=f"{WRITING} AND {HERS} AND (file_id IS NULL OR {MINE} OR {OPENED})")

    code = models.CharField(max_length=16, unique=True, editable=False)
    number = models.CharField(max_length=24, blank=True)
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    template = models.CharField(max_length=16, choices=Template)
    language = models.CharField(max_length=2, choices=Language)
    format = models.CharField(max_length=4, choices=Format)
    file = models.ForeignKey(CaseFile, on_delete=models.PROTECT, null=True, related_name="+")
    alias = models.ForeignKey(Alias, on_delete=models.PROTECT, null=True, related_name="+")
    about_code = models.CharField(max_length=16, blank=True)
    source = models.CharField(max_length=60, blank=True)
    rows = models.PositiveIntegerField(default=0)
    is_named = models.BooleanField(default=False)
    printed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    printed_at = models.DateTimeField(default=timezone.now)
    digest = models.CharField(max_length=64)
    mark = models.CharField(max_length=9)
    recipient: Any
    words: Any
    narrative = Compartment("recipient", "words", label="documents.paper.v1", scope="sealing_scope", kind="file")

    class Meta:
        ordering = ("-printed_at", "code")
        indexes = (
            models.Index(fields=("file", "-printed_at"), name="paper_file_printed"),
            models.Index(fields=("printed_by", "-printed_at"), name="paper_by_printed"),
        )

    def __str__(self) -> str:
        return self.code

    @property
    def sealing_scope(self) -> uuid.UUID:
        """The file it is about; a paper about no file is sealed under a key of its own."""
        return self.file_id or self.id

    def trail_subjects(self) -> Iterable[uuid.UUID]:
        """The person it is about, if it is about one."""
        return (self.alias.person_id,) if self.alias else ()

    @property
    def file_name(self) -> str:
        """What the download is called: its code, never a name."""
        return f"{self.code}.{self.format}"


class About(models.TextChoices):
    """What an attached file shows, in a word that anybody on the case file may read."""

    PICTURE = "picture", _("Photograph or picture")
    RECORDING = "recording", _("Sound or film")
    MESSAGES = "messages", _("Messages or call records")
    STATEMENT = "statement", _("Statement or interview")
    IDENTITY = "identity", _("Identity paper")
    OFFICIAL = "official", _("Paper of a court or an authority")
    OTHER = "other", _("Something else")


class StoredFile(SealedModel):
    """A file attached to a case file: its bytes lie sealed on the shelf, its name and description in this row.

    The bytes that seal it (`file_key`) are under a key of the file's own. What the file is never changes: the database
    lets only the sealed words be written again.
    """

    guard = Own(select=MINE, insert=f"{WRITING} AND ({MINE} OR {OPENED}) AND {ADDED}", update=f"{WRITING} AND {MINE}",
                columns=("rev", "about", "narrative", "narrative_rev", "narrative_key"))

    code = models.CharField(max_length=16, unique=True, editable=False)
    file = models.ForeignKey(CaseFile, on_delete=models.PROTECT, related_name="+")
    about = models.CharField(max_length=16, choices=About, default=About.OTHER)
    media = models.CharField(max_length=80, editable=False)
    size = models.BigIntegerField(editable=False)
    stored = models.BigIntegerField(editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    storage = models.CharField(max_length=32, unique=True, editable=False)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)
    name: Any
    description: Any
    file_key: Any
    narrative = Compartment("name", "description", label="documents.stored.v1", scope="file_id", kind="file")
    evidence = Compartment("file_key", label="documents.stored_key.v1", scope="id", kind="evidence")

    class Meta:
        ordering = ("-added_at", "code")
        indexes = (models.Index(fields=("file", "-added_at"), name="stored_file_added"),)
        constraints = (models.CheckConstraint(condition=models.Q(size__gt=0), name="stored_not_empty"),)

    def __str__(self) -> str:
        return self.code

    @property
    def file_name(self) -> str:
        """What the download is called: its code, never the name that it came with."""
        return f"{self.code}.{kinds.extension(self.media)}"


class Measurement(Recorded):
    """One asking whether an attached file is still what it was: SHA-256 measured again over every byte, kept for ever."""

    guard = Own(select=MINE, insert=f"{WRITING} AND {MINE} AND asked_by_id = (SELECT guard.uid())",
                update=f"{WRITING} AND {MINE} AND asked_by_id = (SELECT guard.uid())",
                columns=("rev", "is_same", "trouble", "measured_at"))

    file = models.ForeignKey(CaseFile, on_delete=models.PROTECT, related_name="+")
    stored = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="measurements")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    is_same = models.BooleanField(null=True)
    trouble = models.CharField(max_length=32, blank=True)
    measured_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-asked_at",)
        constraints = (
            models.CheckConstraint(condition=models.Q(is_same__isnull=True, measured_at__isnull=True)
                                   | models.Q(is_same__isnull=False, measured_at__isnull=False), name="measurement_pair"),
        )


class Issued(models.Model):
    """The office's register of papers, for whoever holds one: number, marks, day, kind. No file, no person."""

    guard = Machinery("SI")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField(max_length=16, unique=True)
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    serial = models.PositiveIntegerField(null=True)
    number = models.CharField(max_length=24, blank=True)
    mark = models.CharField(max_length=9)
    template = models.CharField(max_length=16, choices=Template)
    issued_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("office", "year", "serial"), name="issued_once_a_number"),)


class Wanted(Parcel):
    """A long list that somebody asked for: which list, how narrowed, why; sealed until the worker has made it."""

    made_at = models.DateTimeField(default=timezone.now, editable=False)


class Copy(Parcel):
    """The bytes of a paper, for who printed it, until she has fetched them or a day has passed; sealed under a key of its own."""

    paper = models.OneToOneField(Paper, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now, editable=False)
