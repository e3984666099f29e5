"""The field's terms in two languages, each in a sentence of our own."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Term:
    """One word of the field and what it means in these pages."""

    word: Promise
    meaning: Promise

    def in_language(self, language: str) -> str:
        """The word in one of the two languages."""
        with translation.override(language):
            return str(self.word)


TERMS: tuple[Term, ...] = (
    Term(_("Tip"), _("What somebody reports of possible trafficking, on an intake file of its own.")),
    Term(_("Case file"), _("A folder that belongs to one wing and one office; only those who stand on it can open it.")),
    Term(_("Investigation"), _("The enquiry into one case: its incidents, suspects and operations.")),
    Term(_("Incident"), _("One event of trafficking, told by its act, its means and its purpose.")),
    Term(_("Act"), _("What was done: recruiting, transporting, harbouring, handing over or receiving a person.")),
    Term(_("Means"), _("How it was done: by force, threat, deception, debt or abuse of weakness. For a child none is needed.")),
    Term(_("Purpose of exploitation"), _("What it was done for, such as forced labour, sexual exploitation or servitude.")),
    Term(_("Suspect"), _("A person whom an investigation believes to have taken part.")),
    Term(_("Rescue operation"), _("A planned act that brings people to safety, approved by a second person.")),
    Term(_("Rescued person"), _("Somebody who was brought to safety, before aftercare has answered.")),
    Term(_("Referral"), _("Handing a person or a case to those who carry it further.")),
    Term(_("Survivor"), _("A person whom aftercare walks with, at her own pace.")),
    Term(_("Intake"), _("The first meeting after a referral: what is needed now, and what she agrees to.")),
    Term(_("Consent"), _("A free and informed yes or no to one purpose; it can be taken back on any day.")),
    Term(_("Assent"), _("A child’s own yes, beside the agreement of a caregiver.")),
    Term(_("Residence"), _("A place where a survivor lives or has lived; the address is sealed.")),
    Term(_("Care plan"), _("The goals a survivor sets for herself, and the next step of each.")),
    Term(_("Follow-up"), _("Staying in touch after care, until the file is closed.")),
    Term(_("Court support"), _("What a survivor needs when a court hears her, and who goes with her.")),
    Term(_("Accused"), _("A suspect as the court knows him.")),
    Term(_("Victim-witness"), _("A survivor who may be heard by a court; in a prosecution file she has a code, no name.")),
    Term(_("Charge"), _("The accusation under one article of the law.")),
    Term(_("Hearing"), _("A day in court.")),
    Term(_("Adjournment"), _("A hearing that is put off to another day.")),
    Term(_("Verdict"), _("What the court decides about one charge.")),
    Term(_("Restitution"), _("What a court orders to be paid to a survivor.")),
    Term(_("Compartment"), _("A part of a record that is sealed on its own, such as identity or whereabouts.")),
    Term(_("Sealed"), _("Kept unreadable until somebody who may opens it for a stated purpose.")),
    Term(_("Purpose of a look"), _("Why somebody opens a sealed part; it is written down before the part is shown.")),
    Term(_("Place on a file"), _("The right to open one file, given for a time by somebody who may.")),
    Term(_("Approval"), _("The yes of a second person, without whom something important does not happen.")),
    Term(_("Second factor"), _("Something you hold, beside your password, that shows it is you.")),
    Term(_("The log"), _("The list of everything that was done and seen; nobody can change it.")),
    Term(_("Code"), _("The name of a record that may be said aloud and written on paper, such as a survivor’s.")),
)
