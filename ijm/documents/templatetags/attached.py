"""What the page of a case file says of the files attached to it."""

from __future__ import annotations

from django import template

from ijm.casefiles.models import CaseFile
from ijm.documents.models import StoredFile

register = template.Library()


@register.simple_tag
def attached_count(file: CaseFile) -> int:
    """How many files are attached; the database counts those she may see."""
    return StoredFile.objects.filter(file=file).count()
