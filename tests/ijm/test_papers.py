"""Papers: numbered, marked, recorded; codes outside, names only inside the wing; strangers find nothing."""

from __future__ import annotations

import hashlib
import io
import re
import subprocess
import sys
import zlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from zipfile import ZipFile

import pytest
from django.conf import settings
from django.test import Client

from aftercare.models import Survivor
from ijm.accounts.models import User
from ijm.casefiles.models import CaseFile
from ijm.documents import pdf, policy, word
from ijm.documents.actions import papers
from ijm.documents.khmer_breaks import SPACE, with_breaks
from ijm.documents.letters import FRAMES, TEXTS, Composed, Stamp, compose, filled, marked
from ijm.documents.models import Copy, Issued, Paper
from ijm.people.models import Name
from ijm.trail.context import acting_as
from ijm.trail.errors import Refused
from tests import stories
from tests.cast import Cast
from tests.ijm.papers import issued, letter
from tests.trail import last_events

SignIn = Callable[[User], Client]
SCRIPTS = ("{{ 7*7 }}", "{% for x in ().__class__.__base__.__subclasses__() %}x{% endfor %}", "<script>alert(1)</script>",
           '=HYPERLINK("http://evil","x")', "<w:p>x</w:p>", "&lt;")


@pytest.fixture
def survivor(cast: Cast) -> Survivor:
    """Somebody in care, with a name that letters must not carry outside."""
    stories.concluded_rescue(cast)
    return stories.taken_in(cast)


def text_of(document: bytes) -> str:
    """The words of a Word document, its footer too."""
    with ZipFile(io.BytesIO(document)) as parts:
        xml = "".join(parts.read(name).decode() for name in parts.namelist() if re.match(r"word/(document|footer\d*)\.xml", name))
    return re.sub(r"<[^>]+>", " ", xml)


def bytes_of(paper: Paper, user: User) -> bytes:
    with acting_as(user, "r"):
        copy = policy.copy_of(user, paper)
        assert copy is not None
        return copy.open(to=user, event="paper.fetched")


def names_of(survivor: Survivor, user: User) -> list[str]:
    from ijm.vault.disclosure import disclose

    with acting_as(user, "r"):
        rows = disclose(Name.objects.filter(person=survivor.alias.person_id), "family", "given", to=user, purpose="COURT")
    return [str(value) for row in rows.values() for value in row.values() if value]


def test_a_paper_is_numbered_marked_and_recorded(cast: Cast, survivor: Survivor) -> None:
    one, two = (issued(cast.care_worker, survivor.file, template="referral") for _ in range(2))
    assert re.fullmatch(r"PP-\d{4}-\d{4}", one.number) and int(two.number[-4:]) == int(one.number[-4:]) + 1
    content = bytes_of(one, cast.care_worker)
    assert one.digest == hashlib.sha256(content).hexdigest() and one.mark != two.mark
    said = text_of(content)
    assert all(part in said for part in (one.code, one.number, one.mark, survivor.code, cast.care_worker.code, "Sunrise House"))
    event = next(event for event in reversed(last_events(20)) if event["act"] == "paper.issued")
    assert event["paper"]["sha256"] == two.digest and event["paper"]["number"] == two.number
    assert event["obj"]["codes"] == [survivor.code, two.code] and "Sunrise" not in str(event)


def test_a_number_that_was_rolled_back_is_given_again(cast: Cast, survivor: Survivor) -> None:
    one = issued(cast.care_worker, survivor.file)
    with pytest.raises(ZeroDivisionError), acting_as(cast.care_worker):
        papers.issue(letter(cast.care_worker, survivor.file), by=cast.care_worker)
        raise ZeroDivisionError
    two = issued(cast.care_worker, survivor.file)
    assert int(two.number[-4:]) == int(one.number[-4:]) + 1, "no gaps"
    assert Issued.objects.filter(code__in=(one.code, two.code)).count() == 2


def test_a_letter_outside_carries_no_name(cast: Cast, survivor: Survivor) -> None:
    names = names_of(survivor, cast.care_worker)
    assert names
    for reader in ("court", "partner", "other"):
        with pytest.raises(Refused), acting_as(cast.care_worker):
            papers.issue(letter(cast.care_worker, survivor.file, reader=reader, is_named=True), by=cast.care_worker)
    outside = text_of(bytes_of(issued(cast.care_worker, survivor.file, template="court", reader="court"), cast.care_worker))
    assert not any(name in outside for name in names)


def test_a_name_inside_the_wing_is_a_recorded_look(cast: Cast, survivor: Survivor) -> None:
    names = names_of(survivor, cast.care_worker)
    paper = issued(cast.care_worker, survivor.file, template="handover", reader="wing", is_named=True, purpose="SUPERVISION")
    assert all(name in text_of(bytes_of(paper, cast.care_worker)) for name in names) and paper.is_named
    look = next(event for event in reversed(last_events(20)) if event["act"] == "field.disclosed")
    assert look["why"]["code"] == "SUPERVISION" and {"family", "given"} <= set(look["fields"])


def test_a_wing_that_knows_codes_only_writes_no_name(cast: Cast) -> None:
    prosecution = stories.referred_prosecution(cast)
    with pytest.raises(Refused), acting_as(cast.liaison):
        papers.issue(letter(cast.liaison, prosecution.file, reader="wing", is_named=True), by=cast.liaison)
    with pytest.raises(Refused), acting_as(cast.liaison):
        papers.issue(letter(cast.liaison, prosecution.file, template="referral"), by=cast.liaison)
    assert issued(cast.liaison, prosecution.file, template="court", reader="court").about_code == prosecution.code


def test_strangers_find_no_paper(cast: Cast, survivor: Survivor, signed_in: SignIn) -> None:
    paper = issued(cast.care_worker, survivor.file)
    nothing = signed_in(cast.far_care_worker).get("/papers/PA-0000-0000/").content
    addresses = [f"/papers/{paper.code}/", f"/papers/{paper.code}/fetch/", f"/papers/{paper.code}/reveal/",
                 f"/papers/file/{survivor.file.code}/", f"/papers/file/{survivor.file.code}/letter/"]
    for user in (cast.far_care_worker, cast.care_worker_two, cast.investigator, cast.liaison, cast.partner, cast.auditor,
                 cast.administrator, cast.data_protection):
        client = signed_in(user)
        for address in addresses:
            for answer in (client.get(address), client.post(address, {"purpose": "COURT", "do": "make"})):
                assert (answer.status_code, answer.content) == (404, nothing), (user.username, address)
        with acting_as(user, "r"):
            assert not Paper.objects.filter(pk=paper.pk).exists() and not Copy.objects.filter(paper=paper).exists()
        assert paper.code not in client.get("/papers/").content.decode()


def test_the_database_lets_nobody_change_or_forge_a_paper(cast: Cast, survivor: Survivor) -> None:
    from django.db import ProgrammingError, transaction

    paper = issued(cast.care_worker, survivor.file)
    with acting_as(cast.care_worker):
        with pytest.raises(ProgrammingError), transaction.atomic():
            Issued.objects.filter(code=paper.code).update(mark="0000-0000")
        forged = replace_paper(paper, printed_by=cast.care_supervisor)
        with pytest.raises(ProgrammingError), transaction.atomic(), papers.entry("paper.issued", by=cast.care_worker, about=None):
            forged.save()


def replace_paper(paper: Paper, **changed: Any) -> Paper:
    """The same paper once more, with something changed."""
    given = {name: getattr(paper, name) for name in ("office", "template", "language", "format", "file", "digest", "mark")}
    return Paper(code="PA-0000-0000", **{**given, **changed})


def test_colleagues_on_the_file_see_that_it_was_written_and_open_the_words_with_a_reason(
        cast: Cast, survivor: Survivor, signed_in: SignIn) -> None:
    paper = issued(cast.care_worker, survivor.file, words="She would like a seat near the door.")
    client = signed_in(cast.care_supervisor)
    shown = client.get(f"/papers/{paper.code}/").content.decode()
    assert paper.digest in shown and "Sunrise" not in shown and "near the door" not in shown
    assert paper.code in client.get(f"/papers/file/{survivor.file.code}/").content.decode()
    assert "near the door" not in client.post(f"/papers/{paper.code}/reveal/", {"purpose": "CURIOSITY"}).content.decode()
    opened = client.post(f"/papers/{paper.code}/reveal/", {"purpose": "COURT"}).content.decode()
    assert "near the door" in opened and "Sunrise House" in opened
    assert client.get(f"/papers/{paper.code}/fetch/").status_code == 302, "the bytes wait for who printed it"
    event = next(event for event in reversed(last_events(20)) if event["act"] == "field.disclosed")
    assert set(event["fields"]) == {"recipient", "words"} and "door" not in str(last_events(40))


def test_the_bytes_are_fetched_once_and_destroyed(cast: Cast, survivor: Survivor, signed_in: SignIn) -> None:
    paper = issued(cast.care_worker, survivor.file)
    client = signed_in(cast.care_worker)
    answer = client.get(f"/papers/{paper.code}/fetch/")
    assert hashlib.sha256(answer.content).hexdigest() == paper.digest
    assert answer["Content-Disposition"] == f'attachment; filename="{paper.code}.docx"' and "no-store" in answer["Cache-Control"]
    assert client.post(f"/papers/{paper.code}/forget/").status_code == 302
    with acting_as(cast.care_worker, "r"):
        assert not Copy.objects.filter(paper=paper).exists()
    assert client.get(f"/papers/{paper.code}/fetch/").status_code == 302


def test_whoever_holds_a_paper_may_ask_whether_it_is_ours(cast: Cast, survivor: Survivor, signed_in: SignIn) -> None:
    paper = issued(cast.care_worker, survivor.file, template="referral")
    client = signed_in(cast.far_liaison)
    typed = {"code": paper.code.lower().replace("-", " "), "mark": paper.mark.lower().replace("-", " ")}
    yes = client.post("/papers/check/", typed).content.decode()
    assert "given out by us" in yes and paper.number in yes
    assert not any(word in yes for word in (survivor.code, survivor.file.code, "Sunrise", cast.care_worker.name))
    no = client.post("/papers/check/", {**typed, "mark": "0000-0000"}).content.decode()
    assert "No such paper" in no and paper.number not in no
    asked = [event["q"] for event in last_events(20) if event["act"] == "paper.checked"]
    assert asked == [{"code": paper.code, "found": True}, {"code": paper.code, "found": False}]


# no code in what people write

def composed(language: str, said: str) -> Composed:
    """A letter made without a database, with this in every free place."""
    text, fields = TEXTS["court", language], {"about": "SV-7K4M-92QX", "who": said}
    return Composed(
        language=language, frame=FRAMES[language], office="ការិយាល័យភ្នំពេញ" if language == "km" else said, day="22 Nov 2026",
        recipient=(said,), subject=said, greeting=text.greeting, before=tuple(filled(part, fields) for part in text.before),
        facts=((said, said),), words=(said,) * 3, after=text.after, closing=text.closing, signer=said, duty=said,
        stamp=Stamp("PA-7K4M-92QX", "PP-2026-0042", "K4M9-2QX7"), printed=said, about="SV-7K4M-92QX", who=said)


@pytest.mark.parametrize("said", SCRIPTS)
def test_what_people_write_stays_words(said: str) -> None:
    document = word.render(composed("en", said), "court")
    plain = text_of(document).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert said in plain and "49" not in plain, "a field is filled in once, never read as a field again"
    page = pdf.render_to_string("documents/paper/letter.html",
                                {"letter": composed("en", said), "square": pdf.square(composed("en", said))})
    assert "<script>" not in page and "49" not in page.split("<svg")[0]


def test_a_changed_template_reaches_nothing_but_its_fields() -> None:
    from jinja2.exceptions import SecurityError, UndefinedError

    for text, error in (("{{ settings }}", UndefinedError), ("{{ ''.__class__.__mro__ }}", SecurityError),
                        ("{{ recipient.append('x') }}", SecurityError), ("{{ range(9) }}", UndefinedError)):
        with pytest.raises(error):
            word.sandbox().from_string(text).render(word.fields(composed("en", "x")))


def test_every_word_template_holds_the_fixed_words() -> None:
    for (template, language), text in TEXTS.items():
        with ZipFile(word.path_of(template, language)) as parts:
            plain = re.sub(r"<[^>]+>", "", parts.read("word/document.xml").decode())
        assert all(part in plain for part in (*text.before, *text.after, text.closing)), f"{template}-{language}: run make.py"


def test_the_check_characters_follow_every_word(cast: Cast, survivor: Survivor) -> None:
    with acting_as(cast.care_worker, "r"):
        said = compose(letter(cast.care_worker, survivor.file), by=cast.care_worker, stamp=Stamp("PA-7K4M-92QX", "PP-2026-0042"))
    marks = {marked(one).stamp.mark for one in (said, replace(said, subject="Another"), replace(said, recipient=("Other",)),
                                                replace(said, words=("More",)))}
    assert len(marks) == 4 and all(re.fullmatch(r"[0-9A-Z]{4}-[0-9A-Z]{4}", mark) for mark in marks)


# PDF

def unpacked(content: bytes) -> bytes:
    """The streams of a PDF as they were before they were packed."""
    found = b""
    for packed in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL):
        try:
            found += zlib.decompress(packed)
        except zlib.error:
            found += packed
    return found


KHMER = "យើងខ្ញុំសូមជម្រាបជូនថាបុគ្គលនេះបានត្រៀមខ្លួនរួចរាល់សម្រាប់សវនាការ"


def test_khmer_lines_may_break_between_words_and_nothing_else_changes() -> None:
    broken = with_breaks(f"SV-7K4M-92QX {KHMER}។ Hello ២០២៦")
    assert broken.count(SPACE) >= 6 and broken.replace(SPACE, "") == f"SV-7K4M-92QX {KHMER}។ Hello ២០២៦"
    assert with_breaks(broken) == broken and with_breaks("English only") == "English only"


def test_a_pdf_is_tagged_holds_its_fonts_and_asks_nothing_of_the_world(monkeypatch: pytest.MonkeyPatch) -> None:
    if pdf.typesetter() is None:
        pytest.skip("no Pango on this machine: PDF letters are made the simple way")
    made = pdf.render(composed("km", KHMER + " <img src='http://evil/x'><link href='file:///etc/passwd'>"))
    assert made.content.startswith(b"%PDF-1.7") and not made.is_simple and b"pdfuaid" in unpacked(made.content)
    fetcher = pdf.fetcher_of(pdf.typesetter())
    for address in ("http://evil/x", "file:///etc/passwd", f"{pdf.FONTS.as_uri()}/../../web/app.css", "data:text/plain,x",
                    f"file://host{pdf.FONTS}/ahn-latin.woff2"):
        with pytest.raises(ValueError):
            fetcher.fetch(address)


HIDDEN = """
import cffi, sys
true = cffi.FFI.dlopen
def dlopen(self, name, *rest):
    if name and ("pango" in str(name) or "gobject" in str(name)):
        raise OSError(f"cannot load library '{name}'")
    return true(self, name, *rest)
cffi.FFI.dlopen = dlopen
import django
django.setup()
from ijm.documents import pdf
from tests.ijm.test_papers import KHMER, composed
made = pdf.render(composed("km", KHMER))
print(made.is_simple, len(made.content), made.content[:5].decode())
"""


def test_without_pango_the_same_letter_is_made_the_simple_way() -> None:
    done = subprocess.run([sys.executable, "-c", HIDDEN], capture_output=True, text=True, timeout=120, cwd=settings.BASE_DIR,
                          env={"DJANGO_SETTINGS_MODULE": "ijm.settings", "IJM_MODE": "test", "PATH": "/usr/bin:/bin"})
    assert done.returncode == 0, done.stderr[-2000:]
    simple, size, head = done.stdout.splitlines()[-1].split()
    assert simple == "True" and int(size) > 10_000 and head == "%PDF-"


def test_the_administrator_is_told_which_packages_are_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    from ijm.documents import checks

    assert checks.letters_are_well_set(None) == [] or not checks.is_well_set()
    monkeypatch.setattr(checks, "is_well_set", lambda: False)
    (warning,) = checks.letters_are_well_set(None)
    assert "libpango-1.0-0 libpangoft2-1.0-0" in (warning.hint or "")


# the pages


def test_a_letter_is_looked_at_and_made_from_its_page(cast: Cast, survivor: Survivor, signed_in: SignIn) -> None:
    client, here = signed_in(cast.care_worker), f"/papers/file/{survivor.file.code}/letter/"
    assert "letter=referral" in client.get(here).content.decode()
    form = client.get(f"{here}?letter=court").content.decode()
    assert "Exactly what would leave" in form and survivor.described in form
    said = {"language": "km", "reader": "court", "court": "", "recipient": "សាលាដំបូង", "facts": ["described"], "words": KHMER,
            "purpose": "COURT", "format": "docx", "subject": ""}
    looked = client.post(f"{here}?letter=court", {**said, "do": "preview"}).content.decode()
    assert KHMER in looked and "ព្រះរាជាណាចក្រកម្ពុជា" in looked and not Issued.objects.exists()
    assert client.post(f"{here}?letter=court", {**said, "recipient": "", "do": "make"}).status_code == 200
    made = client.post(f"{here}?letter=court", {**said, "do": "make"})
    assert made.status_code == 302
    page = client.get(made["Location"]).content.decode()
    assert "Fetch it" in page and Issued.objects.count() == 1 and KHMER not in page


def test_a_letter_is_made_as_a_pdf_and_kept_until_it_is_fetched(cast: Cast, survivor: Survivor) -> None:
    paper = issued(cast.care_worker, survivor.file, format="pdf")
    assert bytes_of(paper, cast.care_worker).startswith(b"%PDF-")


def test_printing_a_page_is_recorded_by_its_name_and_code(cast: Cast, survivor: Survivor, signed_in: SignIn) -> None:
    client = signed_in(cast.care_worker)
    path = f"/aftercare/survivors/{survivor.code}/?q=Sok+Sophea"
    plain = client.post("/papers/printed/", {"path": path})
    assert "menu of your browser" in plain.content.decode() and "Sophea" not in plain.content.decode()
    quick = client.post("/papers/printed/", {"path": "/nowhere/Sok/"}, headers={"HX-Request": "true"})
    assert quick.status_code == 204 and quick["HX-Trigger"] == "print-page"
    asked = [event.get("q", {}) for event in last_events(20) if event["act"] == "page.printed"]
    assert asked == [{"view": "aftercare:survivor-show", "code": survivor.code}, {"view": "", "code": ""}] or asked[1] == {}
    assert client.get("/papers/printed/").status_code == 302


def file_of(user: User, code: str) -> CaseFile:
    with acting_as(user, "r"):
        return CaseFile.objects.get(code=code)
