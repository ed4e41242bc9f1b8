"""Whether a word of a file is lost: each file as the program reads it, beside an extractor that shares no code with it.

    pip install pypdf beautifulsoup4 html5lib openpyxl
    python benchmarks/words.py FOLDER [--file PART_OF_A_NAME]

A PDF's words are those of pypdf, a web page's those of Beautiful Soup, a sheet's those of openpyxl; of a Word file, a
presentation, XML, mail and plain text it is all character data. *Missing* is the share of them that the canonical text
has not (as often); *unexplained* is what is missing from files that list no omission. What is only spelt together or
apart does not count. `--file` names every word that is missing.
"""

import argparse
import email.policy
import mailbox
import re
import sys
import unicodedata
import zipfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from email import message_from_bytes
from email.message import Message
from pathlib import Path

from lxml import etree

from onrecord.ingest.ingest import find_files
from onrecord.ingest.parse import Job, Limits, Parsed, parse_all

HYPHENATED = re.compile(r"(\w)[-\u00ad\u2010]\s*\n\s*(\w)")
LINES = {"p", "div", "td", "th", "li", "br", "tr", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6", "tab"}
PARTS = re.compile(r"(word/(document|footnotes|endnotes)|ppt/slides/slide\d+)\.xml")


def main() -> None:
    """Prints a line a file, then a row a format."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--file", default="")
    given = parser.parse_args()
    files = [file for file in find_files([given.folder])[0] if given.file in file.name and file.suffix in SOURCES]
    rows: dict[str, Counter[str]] = defaultdict(Counter)
    for file, document in read(files):
        try:
            source = words(SOURCES[file.suffix](file))
        except Exception as fault:  # another extractor's faults are not ours to mend
            print(f"{file.name}: not compared: {fault!r}", file=sys.stderr)
            continue
        missing = lost(source, document.text)
        count, listed = missing.total(), document.structure.omitted
        rows[file.suffix].update(files=1, words=source.total(), missing=count, unexplained=0 if listed else count)
        if count:
            reasons = ", ".join(f"{one.what} {one.count}" for one in listed) or "nothing listed"
            common = " ".join(word for word, _ in missing.most_common(None if given.file else 8))
            print(f"{file.name}: {count} of {source.total()} ({reasons}): {common}", file=sys.stderr)
    print("| format | files | words | missing | unexplained |\n|---|---|---|---|---|")
    for suffix, row in sorted(rows.items()):
        shares = (row[name] / max(row["words"], 1) for name in ("missing", "unexplained"))
        print(
            f"| {suffix} | {row['files']} | {row['words']:,} | " + " | ".join(f"{share:.4f}" for share in shares) + " |"
        )


def read(files: list[Path]) -> Iterator[tuple[Path, Parsed]]:
    """Each file that is one document, as an ingest reads it."""
    for job, documents in parse_all([Job(source=str(file), data=file.read_bytes()) for file in files], Limits()):
        texts = [document for document in documents if isinstance(document, Parsed)]
        if len(texts) == 1:
            yield Path(job.source), texts[0]


def words(text: str) -> Counter[str]:
    """The words of a text, in lower case, those parted at the end of a line put together."""
    plain = unicodedata.normalize("NFKC", text).lower()
    return Counter(re.findall(r"[^\W_]+", HYPHENATED.sub(r"\1\2", plain)))


def lost(source: Counter[str], text: str) -> Counter[str]:
    """The words that `text` holds less often than `source` does, also when its spaces do not count."""
    letters = re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text).lower())
    return Counter({word: n for word, n in (source - words(text)).items() if letters.count(word) < source[word]})


def of_pdf(file: Path) -> str:
    """The text layer of a PDF, page by page."""
    import pypdf

    return "\n".join(page.extract_text() for page in pypdf.PdfReader(file).pages)


def of_html(file: Path) -> str:
    """What a reader of the page sees."""
    import bs4
    from bs4.element import NavigableString

    page = bs4.BeautifulSoup(file.read_bytes(), "html5lib")
    for element in page(["script", "style", "noscript", "template", "head"]):
        element.decompose()
    strings = (text for text in page.find_all(string=True) if type(text) is NavigableString)
    return "".join("\n" * (text.parent is not None and text.parent.name in LINES) + text for text in strings)


def of_office(file: Path) -> str:
    """Character data of a Word file or presentation, its notes too."""
    with zipfile.ZipFile(file) as parts:
        return "\n".join(runs(etree.fromstring(parts.read(name))) for name in parts.namelist() if PARTS.fullmatch(name))


def runs(root: etree._Element) -> str:
    """The text runs of a part of an Office file, its paragraphs and rows in lines of their own."""
    names = ((etree.QName(element).localname, element) for element in root.iter(etree.Element))
    return "".join("\n" if name in LINES else element.text or "" for name, element in names if name in {"t", *LINES})


def of_sheet(file: Path) -> str:
    """The values of a workbook's cells as they are stored, one a line."""
    import openpyxl

    sheets = openpyxl.load_workbook(file, data_only=True)
    cells = (cell.value for sheet in sheets.worksheets for row in sheet.iter_rows() for cell in row)
    return "\n".join(str(value) for value in cells if value is not None)


def of_xml(file: Path) -> str:
    """All character data of an XML file."""
    root = etree.fromstring(file.read_bytes(), etree.XMLParser(recover=True, resolve_entities=False))
    return " ".join(str(text) for text in root.itertext(etree.Element))


def of_mail(file: Path) -> str:
    """The plain text of a message."""
    return plain_parts([message_from_bytes(file.read_bytes(), policy=email.policy.default)])


def of_mails(file: Path) -> str:
    """The plain text of all messages of a mailbox."""
    return plain_parts(mailbox.mbox(file))


def plain_parts(messages: Iterable[Message]) -> str:
    """The plain text of messages."""
    parts = [part for message in messages for part in message.walk() if part.get_content_type() == "text/plain"]
    return "\n".join(bytes(part.get_payload(decode=True) or b"").decode("utf-8", "replace") for part in parts)


def of_text(file: Path) -> str:
    """A text file as UTF-8; what is not becomes a replacement character."""
    return file.read_bytes().decode("utf-8", "replace")


SOURCES: dict[str, Callable[[Path], str]] = {
    ".pdf": of_pdf,
    **dict.fromkeys([".html", ".htm"], of_html),
    **dict.fromkeys([".docx", ".pptx"], of_office),
    ".xlsx": of_sheet,
    ".xml": of_xml,
    ".eml": of_mail,
    ".mbox": of_mails,
    **dict.fromkeys([".txt", ".md", ".csv", ".vtt", ".srt"], of_text),
}

if __name__ == "__main__":
    main()
