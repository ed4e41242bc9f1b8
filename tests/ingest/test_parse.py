"""Files parsed in worker processes: limits, workers that die, and files made to do harm; every input is made here."""

import io
import json
import os
import resource
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from docx import Document

from onrecord.ingest.child import read_frame, write_frame
from onrecord.ingest.parse import Job, Limits, Parsed, parse_all
from onrecord.ingest.split import Cutting
from onrecord.vectorstore.embedder.counter import TokenCounter
from onrecord.vectorstore.embedder.minilm import packaged_files
from onrecord.vectorstore.errors import UnreadableFile

pytestmark = pytest.mark.slow

WORDS = b"The light on Gannet Ledge was out for nine hours.\n\nThe keeper had seen it."
# One line of 60 MB: the one honest input here that takes long and much memory in any case.
LONG_LINE = b"The light was out. " * (60_000_000 // 19)
Found = list[Parsed | UnreadableFile]


def parsed(files: dict[str, bytes], **limits: float) -> dict[str, Found]:
    jobs = [Job(source=name, data=data) for name, data in files.items()]
    return {job.source: found for job, found in parse_all(jobs, Limits(**{"workers": 1, **limits}))}  # pyright: ignore


def said(found: Found) -> str:
    """Why a file cannot be read: one line, once."""
    (refused,) = found
    assert isinstance(refused, UnreadableFile)
    assert "\n" not in refused.reason
    return refused.reason


def text_of(found: Found) -> str:
    (document,) = found
    assert isinstance(document, Parsed)
    return document.text


def readers_seconds() -> float:
    """The processor time of all processes that were started here and have ended."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def test_a_document_without_a_stated_language_gets_that_of_its_text() -> None:
    german = "Die Wärter der Leuchtfeuer wurden gebeten, sie in der Nacht zu entzünden."
    texts = {"german.txt": german, "numbers.txt": "12 410 9 455"}
    found = parsed({name: text.encode() for name, text in texts.items()})
    languages = [document.facts.language for name in texts for document in found[name] if isinstance(document, Parsed)]
    assert languages == ["de", None]


# --- limits ------------------------------------------------------------------------------------------------------


def test_a_file_that_takes_too_long_is_named_and_the_others_are_read() -> None:
    before = readers_seconds()
    found = parsed({"a.txt": WORDS, "long.txt": LONG_LINE, "b.txt": WORDS}, timeout_s=2)
    assert readers_seconds() - before < 15
    assert list(found) == ["a.txt", "long.txt", "b.txt"]
    assert said(found["long.txt"]) == "reading it took longer than 2 s"
    assert text_of(found["a.txt"]) == text_of(found["b.txt"]) == WORDS.decode()


def test_a_file_that_needs_too_much_memory_is_named_and_the_others_are_read() -> None:
    found = parsed({"a.txt": WORDS, "large.txt": LONG_LINE, "b.txt": WORDS}, memory_mb=200)
    assert said(found["large.txt"]) == "reading it takes more memory than is allowed"
    assert text_of(found["a.txt"]) == text_of(found["b.txt"]) == WORDS.decode()


def test_a_worker_that_dies_is_replaced() -> None:
    found = parsed({"a.txt": WORDS, "larger.txt": bytes(200 << 20), "b.txt": WORDS}, memory_mb=100)
    assert said(found["larger.txt"]) == "its reader crashed or needed more than 100 MB of memory"
    assert text_of(found["b.txt"]) == WORDS.decode()


def test_results_come_in_the_order_of_the_files_whoever_is_first() -> None:
    files = {"0.txt": LONG_LINE[:600_000], **{f"{number}.txt": WORDS for number in range(1, 9)}}
    assert list(parsed(files, workers=2)) == list(files)


def test_files_are_drawn_as_they_are_needed_and_workers_end_with_who_asked() -> None:
    drawn: list[int] = []

    def jobs() -> Iterator[Job]:
        for number in range(1000):
            drawn.append(number)
            yield Job(source=f"{number}.txt", data=WORDS)

    results = parse_all(jobs(), Limits(workers=2))
    next(results)
    mine = children()
    assert 1 <= len(mine) <= 2
    results.close()  # pyright: ignore[reportAttributeAccessIssue]
    assert len(drawn) < 200
    assert not mine & children()


@pytest.mark.parametrize(("files", "workers"), [(3, 1), (40, 2)])
def test_a_few_small_files_are_left_to_one_worker(files: int, workers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    results = parse_all((Job(source=f"{number}.txt", data=WORDS) for number in range(files)), Limits())
    sources = [next(results)[0].source]
    assert len(children()) == workers
    assert sources + [job.source for job, _ in results] == [f"{number}.txt" for number in range(files)]


def test_only_a_few_short_texts_are_left_uncut() -> None:
    """A worker would read the model's vocabulary for them alone; what is long is cut where it harms nobody."""
    cutting = Cutting(counter=TokenCounter(file=packaged_files() / "tokenizer.json"), limit_tokens=256)

    def is_cut(files: dict[str, bytes]) -> list[bool]:
        jobs = [Job(source=name, data=data) for name, data in files.items()]
        found = sum((found for _, found in parse_all(jobs, Limits(workers=1), cutting=lambda: cutting)), Found())
        assert all(isinstance(document, Parsed) for document in found)
        return [document.pieces is not None for document in found if isinstance(document, Parsed)]

    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("long.txt", b"The light was out. " * 4000)
        packed.writestr("short.txt", WORDS)
    assert is_cut({"one.txt": WORDS, "two.zip": archive.getvalue()}) == [False, True, False]
    assert is_cut({f"{number}.txt": WORDS for number in range(20)}) == [True] * 20


def children() -> set[int]:
    """Process ids of the workers that this process has started."""
    listed = subprocess.run(["ps", "-eo", "pid=,ppid=,args="], capture_output=True, text=True, check=True).stdout
    rows = [line.split(maxsplit=2) for line in listed.splitlines()]
    return {int(pid) for pid, parent, command in rows if int(parent) == os.getpid() and "ingest.worker" in command}


PRINTING = """
import os, sys
from dataclasses import replace
from onrecord.ingest import worker
from onrecord.ingest.formats.read import read

def reader(source, data, *more):
    print("a parser's remark")
    os.write(1, b"and one from its C code" * 1000)
    os.system("echo and one from a program it calls")
    return read(source, data, *more)

worker.read = reader
worker.main()
"""


def test_what_a_parser_prints_does_not_get_between_the_frames() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", PRINTING, "1000", "20", "eng"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin and process.stdout
    for _ in range(2):
        write_frame(process.stdin, b"a.txt")
        write_frame(process.stdin, WORDS)
        first, second = (json.loads(read_frame(process.stdout) or b"") for _ in range(2))
        assert (first["text"], second["done"], list(second)) == (WORDS.decode(), True, ["done", "lacking"])
    rest, _ = process.communicate(timeout=10)
    assert (rest, process.returncode) == (b"", 0)


def test_a_worker_whose_owner_was_killed_while_a_file_hangs_ends_by_itself() -> None:
    command = [sys.executable, "-m", "onrecord.ingest.worker", "3000", "-4", "eng"]  # and 5 s of grace
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin and process.stdout
    write_frame(process.stdin, b"long.txt")
    write_frame(process.stdin, LONG_LINE)
    process.wait(timeout=10)
    assert process.returncode < 0
    process.stdin.close()
    process.stdout.close()


# --- files made to do harm ---------------------------------------------------------------------------------------


def zipped(*entries: tuple[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in entries:
            made.writestr(name, content)
    return buffer.getvalue()


def docx_with(body: bytes, doctype: bytes = b"") -> bytes:
    """A Word document whose main part is given as XML."""
    buffer, made = io.BytesIO(), io.BytesIO()
    document = Document()
    document.add_paragraph("PLACE")
    document.save(buffer)
    with zipfile.ZipFile(buffer) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "word/document.xml":
                declaration, _, rest = content.partition(b"?>")
                content = declaration + b"?>" + doctype + rest.replace(b"PLACE", body)
            new.writestr(name, content)
    return made.getvalue()


def pdf_of(*objects: str) -> bytes:
    """A PDF of objects written by hand, the first of which is the catalogue."""
    made = bytearray(b"%PDF-1.4\n")
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(made))
        made += f"{number} 0 obj\n{content}\nendobj\n".encode()
    table = len(made)
    made += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    made += b"".join(f"{place:010} 00000 n \n".encode() for place in places)
    made += f"trailer\n<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{table}\n%%EOF\n".encode()
    return bytes(made)


def page(words: str, parent: int) -> tuple[str, str]:
    stream = f"BT /F1 12 Tf 72 700 Td ({words}) Tj ET"
    font = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    return (
        f"<</Type/Page/Parent {parent} 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 {font}>>>>>>",
        f"<</Length {len(stream)}>>\nstream\n{stream}\nendstream",
    )


def looped_pdf() -> bytes:
    """A page tree that holds itself, twice, beside a page."""
    leaf, stream = page("The light was out.", 2)
    tree = "<</Type/Pages/Count 100/Kids[2 0 R 3 0 R 2 0 R 5 0 R]>>"
    return pdf_of(
        "<</Type/Catalog/Pages 2 0 R>>", tree, leaf, stream, "<</Type/Pages/Count 9/Kids[2 0 R]/Parent 2 0 R>>"
    )


def deep_pdf(depth: int = 20_000) -> bytes:
    leaf, stream = page("The light was out.", 4 + depth)
    first = "<</Type/Pages/Count 1/Kids[5 0 R]>>"
    chain = [f"<</Type/Pages/Count 1/Parent {4 + n} 0 R/Kids[{6 + n} 0 R]>>" for n in range(depth - 1)]
    last = f"<</Type/Pages/Count 1/Parent {4 + depth - 1} 0 R/Kids[3 0 R]>>"
    return pdf_of("<</Type/Catalog/Pages 2 0 R>>", first, leaf, stream, *chain, last)


SECRET = "the keeper's password is herring"
LAUGHS = b"".join(
    b'<!ENTITY l%d "%s">' % (number, b"&l%d;" % (number - 1) * 10 if number else b"ha" * 10) for number in range(12)
)


def mail_with_strange_attachments() -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"], mail["Message-ID"] = "a@b.example", "c@d.example", "Agenda", "<1@b>"
    mail.set_content("The agenda is attached.")
    mail.add_attachment(WORDS, maintype="text", subtype="plain", filename="PLACE.txt")
    return mail.as_bytes().replace(b"PLACE", b"caf\xe9\xff")


def hostile(folder: Path) -> dict[str, bytes]:
    secret = folder / "secret.txt"
    secret.write_text(SECRET, encoding="utf-8")
    entity = b'<!DOCTYPE d [<!ENTITY s SYSTEM "%s">]>' % secret.as_uri().encode()
    laughs = b"<!DOCTYPE d [" + LAUGHS + b"]>"
    one_page, stream = page("The light was out for nine hours.", 2)
    pdf = pdf_of("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Count 1/Kids[3 0 R]>>", one_page, stream)
    zeros = bytes(64 << 20)
    bomb = zipped(("zeros.txt", zeros))
    return {
        "bomb.zip": bomb,
        "many-bombs.zip": zipped(*((f"{number}.zip", bomb) for number in range(50))),
        "bomb.docx": zipped(("[Content_Types].xml", b"<Types/>"), ("word/document.xml", zeros)),
        "bomb.xlsx": zipped(("[Content_Types].xml", b"<Types/>"), ("xl/workbook.xml", zeros)),
        "loop.pdf": looped_pdf(),
        "deep.pdf": deep_pdf(),
        "secret.docx": docx_with(b"Read this: &s;", entity),
        "secret.xhtml": b"<?xml version='1.0'?>" + entity + b"<html><body><p>Read this: &s;</p></body></html>",
        "laughs.docx": docx_with(b"Read this: &l11;", laughs),
        "laughs.html": b"<?xml version='1.0'?>" + laughs + b"<html><body><p>Read this: &l11;</p></body></html>",
        "deep.html": b"<html><body>" + b"<div>" * 200_000 + b"The light was out." + b"</div>" * 200_000,
        "columns.csv": b",".join(b"%d" % number for number in range(1_000_000)) + b"\n" + b"1," * 999_999 + b"1\n",
        "empty.txt": b"",
        "zeros.txt": bytes(100_000),
        "pdf.txt": pdf,
        "word.pdf": docx_with(b"The light was out for nine hours."),
        "strange.eml": mail_with_strange_attachments(),
        "strange\nname.zip": zipped(("two\nlines \u202etxt.exe.txt", WORDS), ("a!b.txt", WORDS + b" Twice.")),
        "after.txt": WORDS,
    }


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Found]:
    """All of them, given to the same two workers, in a minute of processor time at most and a gigabyte."""
    before = readers_seconds()
    found = parsed(hostile(tmp_path_factory.mktemp("hostile")), workers=2, timeout_s=20, memory_mb=1024)
    assert readers_seconds() - before < 60
    for documents in found.values():
        for document in documents:
            if isinstance(document, UnreadableFile):
                assert "crashed" not in document.reason and "longer than" not in document.reason, document
    return found


@pytest.mark.parametrize("name", ["bomb.zip", "bomb.docx", "bomb.xlsx"])
def test_zip_bombs_are_refused(outcome: dict[str, Found], name: str) -> None:
    assert "zip" in said(outcome[name]) or "archive" in said(outcome[name])


def test_zip_bombs_in_a_zip_are_refused_and_named(outcome: dict[str, Found]) -> None:
    assert "0.zip (it would unpack to over 200 times its size" in said(outcome["many-bombs.zip"])


@pytest.mark.parametrize("name", ["loop.pdf", "deep.pdf"])
def test_page_trees_that_loop_or_go_deep_do_no_harm(outcome: dict[str, Found], name: str) -> None:
    (found,) = outcome[name]
    if isinstance(found, Parsed):
        assert set(found.text.split("\n\n")) == {"The light was out."}


@pytest.mark.parametrize("name", ["secret.docx", "secret.xhtml"])
def test_external_entities_are_not_read(outcome: dict[str, Found], name: str) -> None:
    (found,) = outcome[name]
    assert "herring" not in (found.text if isinstance(found, Parsed) else found.reason)


@pytest.mark.parametrize("name", ["laughs.docx", "laughs.html"])
def test_entities_are_not_blown_up(outcome: dict[str, Found], name: str) -> None:
    (found,) = outcome[name]
    assert len(found.text if isinstance(found, Parsed) else found.reason) < 5000


def test_html_two_hundred_thousand_elements_deep(outcome: dict[str, Found]) -> None:
    (found,) = outcome["deep.html"]
    assert isinstance(found, UnreadableFile) or "The light was out." in found.text


def test_a_table_of_a_million_columns_is_cut(outcome: dict[str, Found]) -> None:
    assert len(text_of(outcome["columns.csv"])) < 1_000_000


def test_empty_files_and_files_of_zeros_are_named(outcome: dict[str, Found]) -> None:
    assert said(outcome["empty.txt"]) == "the file is empty"
    assert said(outcome["zeros.txt"])


@pytest.mark.parametrize(("name", "media_type"), [("pdf.txt", "pdf"), ("word.pdf", "wordprocessingml")])
def test_files_with_the_wrong_name_are_read_for_what_they_are(
    outcome: dict[str, Found], name: str, media_type: str
) -> None:
    (found,) = outcome[name]
    assert isinstance(found, Parsed)
    assert media_type in found.media_type
    assert found.text == "The light was out for nine hours."


def test_members_with_strange_names_can_be_stored(outcome: dict[str, Found]) -> None:
    sources = [found.source for name in ("strange.eml", "strange\nname.zip") for found in outcome[name]]
    assert sources[0] == "strange.eml"
    assert sources[1].startswith("strange.eml!caf")
    assert sources[2:] == ["strange\nname.zip!two\nlines \u202etxt.exe.txt", "strange\nname.zip!a!b.txt"]
    for source in sources:
        source.encode()


def test_what_comes_after_them_is_read(outcome: dict[str, Found]) -> None:
    assert text_of(outcome["after.txt"]) == WORDS.decode()


def test_who_has_files_parsed_loads_no_reader_of_files() -> None:
    code = "import sys, onrecord.ingest.ingest; print([name for name in sys.modules if 'ingest.worker' in name])"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"
