"""Documents as references for Zotero and its like: CSL-JSON, RIS and BibTeX, the symbol as the number of a report."""

import json
import re
from collections.abc import Callable, Sequence
from typing import Any, Literal

from ....vectorstore.errors import InputError
from ....vectorstore.passage import Document, Listing

Form = Literal["csl-json", "ris", "bibtex"]
FORMS: dict[Form, str] = {
    "csl-json": "application/vnd.citationstyles.csl+json",
    "ris": "application/x-research-info-systems",
    "bibtex": "application/x-bibtex",
}
"""What there is, with the media type of each."""
_BIBTEX_MARKS = str.maketrans({mark: f"\\{mark}" for mark in "&%$#_{}"} | {
    "\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
})  # fmt: skip


def references(documents: Sequence[Document | Listing], form: Form) -> str:
    """Each document once, in the order given. Raises InputError for a form that there is not."""
    written: dict[Form, Callable[[Sequence[dict[str, Any]]], str]] = {
        "csl-json": _as_json, "ris": _as_ris, "bibtex": _as_bibtex,
    }  # fmt: skip
    if form not in written:
        raise InputError(f"There are no references in {form!r}. There are: {', '.join(FORMS)}")
    return written[form]([csl_item(document) for document in {each.id: each for each in documents}.values()])


def csl_item(document: Document | Listing) -> dict[str, Any]:
    """A document as CSL-JSON (citeproc-js's schema): a report where it has a symbol, whose author is who issued it."""
    author = document.author or document.body
    told: dict[str, Any] = {
        "id": document.id,
        "type": "report" if document.symbol else "document",
        "title": _line(document.title),
        "number": document.symbol,
        "author": [{"literal": _line(author)}] if author else None,
        "issued": {"date-parts": [[int(part) for part in document.date.split("-")]]} if document.date else None,
        "publisher": document.publisher,
        "event-title": document.meeting,
        "language": document.language,
        "URL": document.url or (document.source if document.source.startswith(("http://", "https://")) else None),
    }
    return {name: _line(value) if isinstance(value, str) else value for name, value in told.items() if value}


def _as_json(items: Sequence[dict[str, Any]]) -> str:
    return json.dumps(items, ensure_ascii=False, indent=1) + "\n"


def _as_ris(items: Sequence[dict[str, Any]]) -> str:
    """RIS (Research Information Systems, 2011), with the tags that Zotero's translator reads of a report."""
    lines = list[str]()
    for item in items:
        told = [
            ("TY", "RPRT" if item["type"] == "report" else "GEN"),
            ("TI", item["title"]),
            ("AU", _author(item)),
            ("SN", item.get("number")),
            ("DA", "/".join(_date(item)) + "/" * (3 - len(_date(item))) if _date(item) else None),
            ("PB", item.get("publisher")),
            ("LA", item.get("language")),
            ("UR", item.get("URL")),
        ]
        lines += [f"{tag}  - {value}" for tag, value in told if value]
        lines += ["ER  - ", ""]
    return "\r\n".join(lines)


def _as_bibtex(items: Sequence[dict[str, Any]]) -> str:
    entries = list[str]()
    for item in items:
        date = _date(item)
        told = {
            "title": f"{{{item['title'].translate(_BIBTEX_MARKS)}}}",
            "author": f"{{{_author(item).translate(_BIBTEX_MARKS)}}}" if _author(item) else "",
            "institution": (item.get("publisher") or _author(item)).translate(_BIBTEX_MARKS),
            "number": item.get("number", "").translate(_BIBTEX_MARKS),
            "year": date[0] if date else "",
            "month": date[1] if len(date) > 1 else "",
            "url": re.sub(r"[{}\\\s]", "", item.get("URL", "")),
        }
        kind = "techreport" if item["type"] == "report" else "misc"
        fields = "".join(f"  {name} = {{{value}}},\n" for name, value in told.items() if value)
        entries.append(f"@{kind}{{onrecord-{item['id']},\n{fields}}}\n")
    return "\n".join(entries)


def _author(item: dict[str, Any]) -> str:
    return item["author"][0]["literal"] if "author" in item else ""


def _date(item: dict[str, Any]) -> list[str]:
    """Year, month and day, as far as they are known."""
    return [f"{part:02}" for part in item["issued"]["date-parts"][0]] if "issued" in item else []


def _line(text: str) -> str:
    """Text on one line: a line break would begin a tag of RIS."""
    return " ".join(text.split())
