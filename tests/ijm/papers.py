"""Letters for tests: what somebody at a desk would have written."""

from __future__ import annotations

from typing import Any

from ijm.accounts.models import User
from ijm.casefiles.models import CaseFile
from ijm.documents.about import of_file
from ijm.documents.actions import papers
from ijm.documents.letters import Letter
from ijm.documents.models import Paper
from ijm.trail.context import acting_as


def letter(user: User, file: CaseFile, **given: Any) -> Letter:
    """A letter about this file; inside a door of hers."""
    language = given.pop("language", "en")
    about = of_file(user, file, language)
    assert about is not None
    said: dict[str, Any] = {"template": "blank", "format": "docx", "reader": "partner", "recipient": "Sunrise House\nStreet 7",
                            "facts": tuple(fact.key for fact in about.facts), "purpose": "REFERRAL"}
    return Letter(language=language, about=about, **{**said, **given})


def issued(user: User, file: CaseFile, **given: Any) -> Paper:
    """The same, made."""
    with acting_as(user):
        return papers.issue(letter(user, file, **given), by=user)
