"""Persons and the separate codes by which each wing knows them. No addresses here."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ijm.accounts.models import User
from ijm.casefiles.models import CaseFile
from ijm.guard.declare import ByFile, Own, Register
from ijm.guard.states import Transition
from ijm.ids import new_code
from ijm.people import learning
from ijm.people.indexed import Asked
from ijm.trail.fields import XidField
from ijm.trail.history import Recorded
from ijm.vault.sealed import Compartment, SealedModel, SealedQuerySet


class Sex(models.TextChoices):
    """As the person says; open, because lists need it to speak of a woman, a man, a child."""

    FEMALE = "female", _("Woman or girl")
    MALE = "male", _("Man or boy")
    OTHER = "other", _("Another")
    UNKNOWN = "unknown", _("Not known")


class AgeBand(models.TextChoices):
    """Coarse enough to be open; the day of birth itself is sealed."""

    CHILD_0_11 = "0-11", _("under 12")
    CHILD_12_14 = "12-14", _("12 to 14")
    CHILD_15_17 = "15-17", _("15 to 17")
    ADULT_18_24 = "18-24", _("18 to 24")
    ADULT_25_34 = "25-34", _("25 to 34")
    ADULT_35_49 = "35-49", _("35 to 49")
    ADULT_50 = "50+", _("50 or older")
    UNKNOWN = "unknown", _("age not known")


CHILD_BANDS = (AgeBand.CHILD_0_11, AgeBand.CHILD_12_14, AgeBand.CHILD_15_17)


class Person(SealedModel):
    """One human in the register; what identifies her is sealed under her own key."""

    guard = Register(column="id")

    identity = Compartment("born_on", "born_precision", "nationality", "sex_at_record", label="people.person.v1",
                           scope="id")
    made_xid = XidField()

    def trail_subjects(self) -> Iterable[uuid.UUID]:
        """Herself."""
        return (self.id,)


class Searched(SealedQuerySet):
    """Rows by which a person is found."""

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> Any:
        """Insert many rows; the search learns them in the same transaction."""
        said = learning.said(rows := list(objs))
        made = super().bulk_create(rows, *args, **kwargs)
        learning.learn(said)
        return made


class OfPerson(SealedModel):
    """Anything in the register that belongs to one person; she is found by it from the moment it is saved."""

    guard = Register()

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="%(class)ss")

    objects = Searched.as_manager()  # type: ignore[misc, assignment]

    class Meta:
        abstract = True

    def save(self, **kwargs: Any) -> None:
        """Save; the search learns it in the same transaction."""
        said = learning.said([self])
        super().save(**kwargs)
        learning.learn(said)

    def trail_subjects(self) -> Iterable[uuid.UUID]:
        """The person it belongs to."""
        return (self.person_id,)


class Script(models.TextChoices):
    """The writing a name is in."""

    KHMER = "km", _("Khmer script")
    LATIN = "latn", _("Latin letters")


class NameKind(models.TextChoices):
    """Which of her names."""

    LEGAL = "legal", _("Name on papers")
    CALLED = "called", _("What they are called")
    ALIAS = "alias", _("Other name used")


class Name(OfPerson):
    """A name of a person in one script; family name first, either part may be missing."""

    script = models.CharField(max_length=4, choices=Script)
    kind = models.CharField(max_length=8, choices=NameKind, default=NameKind.LEGAL)
    identity = Compartment("family", "given", label="people.name.v1", scope="person_id")


class IdentifierKind(models.TextChoices):
    """A number that points at one person."""

    PHONE = "phone", _("Telephone")
    PASSPORT = "passport", _("Passport")
    NATIONAL_ID = "national_id", _("National identity card")
    PLATE = "plate", _("Number plate")
    OTHER = "other", _("Other number")


class Identifier(OfPerson):
    """A telephone, passport, identity or plate number of a person."""

    kind = models.CharField(max_length=16, choices=IdentifierKind)
    identity = Compartment("value", label="people.identifier.v1", scope="person_id")


class Wing(models.TextChoices):
    """Each wing knows a person by a code of its own."""

    INVESTIGATIONS = "investigations", _("Investigations")
    AFTERCARE = "aftercare", _("Aftercare")
    PROSECUTIONS = "prosecutions", _("Prosecutions")


# Nobody opens an identity by giving herself a new code for it: an alias opens only what its maker may read already.
OPENS_WHAT_IS_KNOWN = ("(NOT opens_identity OR person_id = ANY (ARRAY(SELECT guard.my_people()))"
                       " OR person_id = ANY (ARRAY(SELECT guard.people_made_now())))")


class Alias(Recorded):
    """One wing's own reference to a person, on one file; other wings' aliases are hidden by row security."""

    guard = Own(
        select="file_id = ANY (ARRAY(SELECT guard.my_files()))",
        insert="(SELECT guard.mode()) = 'w' AND (file_id = ANY (ARRAY(SELECT guard.my_files()))"
               f" OR file_id = ANY (ARRAY(SELECT guard.files_opened_now()))) AND {OPENS_WHAT_IS_KNOWN}",
        update="(SELECT guard.mode()) = 'w' AND file_id = ANY (ARRAY(SELECT guard.my_files()))"
               f" AND {OPENS_WHAT_IS_KNOWN}",
        columns=("rev", "opens_identity"),
    )

    wing = models.CharField(max_length=16, choices=Wing)
    code = models.CharField(max_length=16, unique=True, editable=False)
    file = models.ForeignKey(CaseFile, on_delete=models.PROTECT, related_name="aliases")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="aliases")
    opens_identity = models.BooleanField(default=False)

    class Meta:
        indexes = (models.Index(fields=("person", "wing"), name="alias_person_wing"),)

    def trail_subjects(self) -> Iterable[uuid.UUID]:
        """The person behind the code."""
        return (self.person_id,)

    @classmethod
    def begin(cls, person: Person, *, prefix: str, wing: Wing, file: CaseFile, opens_identity: bool) -> Alias:
        """Give a person a new code of this wing on this file."""
        made = cls(wing=wing, code=new_code(prefix), file=file, person=person, opens_identity=opens_identity)
        made.save()
        return made


class ConsentPurpose(models.TextChoices):
    """Each purpose is asked on its own."""

    SERVICES = "services", _("Receiving services")
    STORAGE = "storage", _("Keeping information")
    POLICE = "police", _("Sharing with police")
    PROSECUTION = "prosecution", _("Sharing with the prosecutor or a lawyer")
    REFERRAL = "referral", _("Sharing with another organisation")
    RESEARCH = "research", _("Research without names")
    STORY = "story", _("Photo or story")
    CONTACT_AFTER = "contact_after", _("Contact after closure")


class ConsentAnswer(models.TextChoices):
    """What she answered."""

    GIVEN = "given", _("Agrees")
    REFUSED = "refused", _("Does not agree")
    NOT_ASKED = "not_asked", _("Not asked yet")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class ConsentForm(models.TextChoices):
    """How she gave it."""

    WRITTEN = "written", _("Written")
    THUMBPRINT = "thumbprint", _("Thumbprint")
    SPOKEN = "spoken", _("Spoken, with a witness")


class ConsentGiver(models.TextChoices):
    """Who may consent depends on her age."""

    SELF = "self", _("The person herself or himself")
    CAREGIVER = "caregiver", _("The caregiver, and the child agrees")
    GUARDIAN = "guardian", _("A guardian or the social services, in the child's best interest")


class Consent(SealedModel):
    """What a survivor agreed to, for one purpose: who answered, how, in which language, until when."""

    guard = ByFile()
    transitions = {"answer": (
        Transition("", ConsentAnswer.GIVEN, "consent.recorded"),
        Transition("", ConsentAnswer.REFUSED, "consent.recorded"),
        Transition("", ConsentAnswer.NOT_ASKED, "consent.recorded"),
        Transition(ConsentAnswer.NOT_ASKED, ConsentAnswer.GIVEN, "consent.recorded"),
        Transition(ConsentAnswer.NOT_ASKED, ConsentAnswer.REFUSED, "consent.recorded"),
        Transition(ConsentAnswer.REFUSED, ConsentAnswer.GIVEN, "consent.recorded"),
        Transition(ConsentAnswer.GIVEN, ConsentAnswer.WITHDRAWN, "consent.withdrawn"),
        Transition(ConsentAnswer.WITHDRAWN, ConsentAnswer.GIVEN, "consent.recorded"),
    )}

    code = models.CharField(max_length=16, unique=True, editable=False)
    file = models.ForeignKey(CaseFile, on_delete=models.PROTECT, related_name="consents")
    alias = models.ForeignKey(Alias, on_delete=models.PROTECT, related_name="consents")
    purpose = models.CharField(max_length=16, choices=ConsentPurpose)
    answer = models.CharField(max_length=16, choices=ConsentAnswer)
    giver = models.CharField(max_length=16, choices=ConsentGiver, default=ConsentGiver.SELF)
    form = models.CharField(max_length=16, choices=ConsentForm, default=ConsentForm.SPOKEN)
    language = models.CharField(max_length=8, default="km")
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)
    until_on = models.DateField(null=True, blank=True)
    narrative = Compartment("witness", "note", label="people.consent.v1", scope="file_id", kind="file")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("alias", "purpose"), name="consent_once_a_purpose"),)

    def trail_subjects(self) -> Iterable[uuid.UUID]:
        """The survivor who was asked."""
        return (self.alias.person_id,)


__all__ = ("CHILD_BANDS", "AgeBand", "Alias", "Asked", "Consent", "ConsentAnswer", "ConsentForm", "ConsentGiver",
           "ConsentPurpose", "Identifier", "IdentifierKind", "Name", "NameKind", "Person", "Script", "Sex", "Wing")
