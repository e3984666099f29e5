"""Two versions of an answer: whether they are the same, how a page says them, which words differ."""

from __future__ import annotations

import datetime as dt
import json
import unicodedata
from collections.abc import Mapping
from difflib import SequenceMatcher
from typing import Any

from django.forms import BoundField, CheckboxInput, MultiWidget
from django.http import Http404, QueryDict
from django.utils.crypto import salted_hmac
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from ijm.web import words
from ijm.web.approximate import ApproximateDay


def earlier(record: Any, rev: int) -> Any:
    """The history row of a record as it stood at this revision; one that never was is not there."""
    found = type(record).history.filter(id=record.pk, rev=rev).order_by("-history_date").first()
    if found is None:
        raise Http404
    return found


def plain(value: Any) -> Any:
    """An answer in the one form in which it is compared; nothing, an empty text and an empty list are the same."""
    if value in (None, "", [], ()):
        return ""
    if isinstance(value, list | tuple | set):
        return sorted(str(one) for one in value)
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value.replace("\r\n", "\n")).strip()
    return value if isinstance(value, bool | int) else str(value)


def same(one: Any, other: Any) -> bool:
    """Whether two answers say the same."""
    return bool(plain(one) == plain(other))


def mark(name: str, value: Any) -> str:
    """A short mark of an answer, by which it is known again; it does not tell the answer."""
    return salted_hmac("ijm.web.seen", json.dumps([name, plain(value)])).hexdigest()[:16]


def marks(stands: Mapping[str, Any]) -> str:
    """The marks of all answers of a form, as its hidden field carries them."""
    return json.dumps({name: mark(name, value) for name, value in stands.items()})


def put(data: QueryDict, field: BoundField, value: Any) -> None:
    """Put an answer into a form's data as a browser would have sent it."""
    widget, name = field.field.widget, field.html_name
    for key in [key for key in data if key == name or key.rpartition("_")[0] == name]:
        del data[key]
    if isinstance(widget, MultiWidget):
        endings: list[str] = widget.widgets_names  # type: ignore[attr-defined]
        for ending, part in zip(endings, widget.decompress(value) or [], strict=True):
            data[name + ending] = str(part)
    elif isinstance(value, list | tuple):
        data.setlist(name, [str(one) for one in value])
    elif not isinstance(widget, CheckboxInput):
        data[name] = "" if value is None else str(value)
    elif value:
        data[name] = "on"


def said(field: BoundField, value: Any) -> str:
    """An answer in words."""
    if plain(value) == "":
        return _("No") if isinstance(field.field.widget, CheckboxInput) else _("Nothing written")
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, ApproximateDay):
        return value.spoken()
    if isinstance(value, dt.date):
        return words.moment(value) if isinstance(value, dt.datetime) else words.day(value)
    choices = getattr(field.field, "choices", None)
    if choices is None:
        return str(value)
    labels = {str(code): str(label) for code, label in choices}
    return ", ".join(labels.get(str(one), str(one)) for one in (value if isinstance(value, list | tuple) else [value]))


def differing(text: str, other: str) -> SafeString:
    """A text with the words marked that the other one has not."""
    mine, theirs = _words(text), _words(other)
    parts = [("ins" if kind in ("delete", "replace") else "", "".join(mine[start:end]))
             for kind, start, end, _from, _to in SequenceMatcher(None, mine, theirs, autojunk=False).get_opcodes()]
    return format_html_join("", "{}", ((_part(tag, words_of),) for tag, words_of in parts if words_of))


def _part(tag: str, text: str) -> SafeString | str:
    return format_html("<ins>{}</ins>", text) if tag and text.strip() else text


def _words(text: str) -> list[str]:
    """Words with the space after them; Khmer, which writes no spaces, sign by sign."""
    found: list[str] = []
    for sign in text:
        if found and not _ends(found[-1], sign):
            found[-1] += sign
        else:
            found.append(sign)
    return found


def _ends(word: str, sign: str) -> bool:
    """Whether a new word begins with this sign."""
    if unicodedata.category(sign) == "Mn" or unicodedata.category(sign) == "Mc":
        return False
    khmer = "ក" <= sign <= "ឳ"
    return khmer or (word[-1].isspace() and not sign.isspace())

