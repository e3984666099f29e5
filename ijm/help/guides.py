"""One short guide for each role: what she does here every day, step by step."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ijm.roles.table import Role


@dataclass(frozen=True)
class Guide:
    """The guide of one role; its picture is `help/<slug>-<language>.webp`."""

    role: Role
    picture: Promise  # what the picture shows, for who cannot see it
    steps: tuple[Promise, ...]
    careful: Promise

    @property
    def slug(self) -> str:
        """Its name in an address."""
        return self.role.value.lower().replace("_", "-")

    @property
    def picture_path(self) -> dict[str, str]:
        """{language: static path of its picture}."""
        return {language: f"help/{self.slug}-{language}.webp" for language in ("en", "km")}


GUIDES: tuple[Guide, ...] = (
    Guide(Role.HOTLINE, _("The page on which a tip is written down"), (
        _("While somebody speaks, open “Record a tip” and write their own words; the text is kept while you type."),
        _("Ask whether someone is in danger now. If so, say it first; those who assess tips see it at once."),
        _("Ask how and when it is safe to call back, and write nothing down that the caller does not want kept."),
        _("Save. The tip gets a code; tell the caller nothing else about the case."),
        _("Under “Tips” you find the tips you took, and what became of them."),
    ), _("Never promise a rescue, a day or a result. If a child is in danger this minute, call the emergency number first.")),
    Guide(Role.INVESTIGATOR, _("An investigation file with its incidents, suspects and operations"), (
        _("Begin with “My work today”: what is late comes first."),
        _("In an investigation file record each incident by act, means and purpose, and each suspect once."),
        _("Plan a rescue operation with its risks; somebody else approves it before it may begin."),
        _("After an operation write down each person who was brought to safety; each of them goes to aftercare at once."),
        _("When an incident and a suspect are recorded, refer the case to prosecution."),
    ), _("Open sealed parts only when you need them, each time for a purpose. You cannot see where survivors live.")),
    Guide(Role.INVESTIGATION_SUPERVISOR, _("The list of tips with their grades and states"), (
        _("Open each new tip, read it for a purpose, and grade the source and the information apart."),
        _("Decide whether it is followed up. If so, choose who leads the investigation."),
        _("Approve or send back rescue operations that others planned; nobody approves her own."),
        _("Look at who stands on each file; take off who is no longer needed there."),
        _("Look through “What I opened” and the overdue work of your office once a week."),
    ), _("A decision just made can be taken back for ten minutes. What was approved by two is not undone by one.")),
    Guide(Role.CARE_WORKER, _("A survivor’s page: sealed parts, homes, court support and who stands on the file"), (
        _("Begin with “My work today”, then open the page of the survivor you meet next."),
        _("Before you call or visit, read how she can be reached safely."),
        _("Record where she lives when it changes; the address is sealed, the kind of place stays open."),
        _("Ask for each consent on its own, in her language, and write down her answer, also a no."),
        _("When news of a hearing waits, plan who goes along, and say when everything is arranged."),
    ), _("Only those who stand on her file can open it, and each look is recorded. She may ask who has seen it.")),
    Guide(Role.CARE_SUPERVISOR, _("The referrals that wait for an answer"), (
        _("Answer every referral within a day: take in with consent, or say why not and what was done instead."),
        _("Choose her worker when you take somebody in; she stands on the file from that moment."),
        _("Put a colleague on a file for a time, and take her off again when she is no longer needed."),
        _("Entrust a survivor to another worker when the first one leaves; both are recorded."),
        _("Bring in the records an office already has from a workbook, after a look at every problem."),
    ), _("Investigators see nothing of aftercare, and you see nothing of their sources. Ask by way of the office.")),
    Guide(Role.LIAISON, _("A prosecution file with its accused, charges and hearings"), (
        _("A referred case opens a prosecution file by itself; begin with its accused and witnesses."),
        _("File each charge under its article; one accused may have several."),
        _("Schedule hearings with court and hour; each witness’s own worker is told without a name."),
        _("Ask the court for protection of a witness before she is heard, and record what was asked."),
        _("Record the verdict on every charge. With the last one the case is judged."),
    ), _("Witnesses have a code here, no name. Legal time limits marked as unconfirmed need your lawyer’s word.")),
    Guide(Role.PARTNER, _("The first page of a guest"), (
        _("You see only what was referred to your organisation, for a time."),
        _("Open “My work today” to see what waits for you."),
        _("Answer what you were asked, and nothing more; each answer is kept with your name."),
        _("Read your notices; they hold codes only."),
        _("When your work on a file ends, your place on it ends too."),
    ), _("Copy nothing out of these pages by hand. Ask the office for a paper when you need one.")),
    Guide(Role.AUDITOR, _("The question who has seen a record, and its answer"), (
        _("Type the code of a record and ask who has seen it; the answer names people, times and purposes, never content."),
        _("Begin with what is not explained: looks by people who did not stand on the file."),
        _("Look at nights, weekends and long lists; then ask the person, or her supervisor."),
        _("See in “The log” how much was recorded each week."),
        _("Write down what you found outside this system; your own questions are recorded too."),
    ), _("You read no case and no name of a survivor. If you need to, somebody else must look for you.")),
    Guide(Role.DATA_PROTECTION, _("People, their roles, and the roles that wait for a decision"), (
        _("Decide about each proposed role: does this person need it, and for how long?"),
        _("Give newcomers their arrival code in person; nobody else may know it."),
        _("Approve what would leave the house only when purpose and consent are there."),
        _("Once a month look through roles that end soon and people who no longer work here."),
        _("When a person asks what is kept about them, ask by code who has seen it."),
    ), _("You approve; you never propose. Nobody decides about a role of her own.")),
    Guide(Role.ADMINISTRATOR, _("Setting up the office, step by step"), (
        _("Add people with a first password; they choose their own on arrival."),
        _("Propose roles for them; the data-protection officer decides."),
        _("Keep the recovery keys as the checklist says, in two places, never on this computer."),
        _("Look at “My long work” and the health page when something seems slow."),
        _("When somebody leaves, end her access on the same day; her work stays in the records."),
    ), _("You open no file of any case. If something is broken, write down the time and the code, never the content.")),
)
BY_SLUG = {guide.slug: guide for guide in GUIDES}
