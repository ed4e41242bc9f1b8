"""What nobody thought of: made-up questions, bodies, replies and damaged files, many a time.

A few seconds each in CI, always the same; `make fuzz` makes up `TIMES` as many (200), others every time, and keeps what
failed (.hypothesis) to try it first the next time.
"""

import io
import json
import os
import re
import string
import time
import zipfile
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onrecord.ingest.worker import parsed_json
from onrecord.rag import Library, Turn, open_library
from onrecord.rag.generation.parse_reply import claims, finished_claims, visible
from onrecord.rag.query.parse import parse_query
from onrecord.rag.query.question import clean
from onrecord.ui.app import build_app
from onrecord.ui.http.api import ApiOptions
from onrecord.ui.http.gate import Rules
from onrecord.vectorstore.errors import UnreadableFile

from ..fakes import HashEmbedder
from ..rag.records import write_records
from .every_route import KEPT, OWN, PLACE, ROUTES, SAID, SECRET, TALK

pytestmark = pytest.mark.slow

PROFILE, TIMES = os.environ.get("HYPOTHESIS_PROFILE", "ci"), int(os.environ.get("TIMES", "200"))
settings.register_profile("ci", deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
settings.register_profile("fuzz", deadline=None, print_blob=True, suppress_health_check=list(HealthCheck))
PATIENCE_S = 60.0  # for one example, however busy the machine; a pattern that runs away takes longer
SAMPLE = Path(__file__).parents[2] / "sample"


def made_up(examples: int) -> settings:
    """So many examples in CI, `TIMES` as many by `make fuzz`."""
    return settings(settings.get_profile(PROFILE), max_examples=examples * (TIMES if PROFILE == "fuzz" else 1))


def within_patience(began: float) -> None:
    assert time.monotonic() - began < PATIENCE_S


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("fuzz")
    with open_library(folder / "library", embedder=HashEmbedder()) as library:
        library.ingest([write_records(folder / "records")])
        yield library


# --- questions -------------------------------------------------------------------------------------------------------

PIECES = st.sampled_from(
    """What did Norway Mexico say about the herring quota ? ! , . ; : ( ) [ ] " “ ” « » ' - – / # * 1 12 4.2 % 2031 May
    12/03/2031 2031-03-12 §5 HB/2031/9 paragraph paragraphs to from 1-5 Who voted against abstained and or not compare
    with between list all decisions Ms. Lind (Verrano) Brandt's Qu'a dit Кто 谁 ماذا ¿Qué\tif\\n \u00a0 \u202e \u0301
    \ud800 \x00 🐟 item agenda meeting last first before after since how many when was it adopted table page p. 17
    """.split(" ")
)
QUESTIONS = st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=40).map(" ".join), st.lists(PIECES).map("".join))


@made_up(120)
@given(question=QUESTIONS, said=st.lists(st.builds(Turn, question=QUESTIONS, answer=st.text(max_size=100)), max_size=3))
def test_every_question_is_parsed(library: Library, question: str, said: list[Turn]) -> None:
    began = time.monotonic()
    said = [Turn(question=clean(turn.question), answer=clean(turn.answer)) for turn in said]
    query = parse_query(library.store, clean(question), said)  # as everything that is asked comes to it
    assert isinstance(query.text, str) and isinstance(query.asked, str)
    within_patience(began)


# --- replies of models -----------------------------------------------------------------------------------------------

MARKS = st.sampled_from(
    [
        "[1]", "[2, 3]", "[1-9]", "[^1]", "[", "]", "【1†source】", "(1)", "[[1]]", "(see passage 2)", "<think>",
        "</think>", "```json\n", "```", '{"answer": "', '"}', '{"sentences": [', "]}", "\n", "\n\n", "- ", "1. ", "# ",
        "| a | b |\n|---|---|\n", "**", "*", "_", "Sources:\n", "<|channel|>", "<|message|>", "[THINK]", "[1](#p1)",
        "https://x.example/a", "![x](data:,)", "<a href='x'>", "\u202e", "\ud800", "\x00", "\\", "9" * 5000,
        "Norway wants less. ", "NOT IN THE DOCUMENTS",
    ]
)  # fmt: skip
REPLIES = st.one_of(
    st.text(max_size=500),
    st.lists(st.one_of(MARKS, st.text(max_size=20)), max_size=60).map("".join),
    st.recursive(
        st.none() | st.integers() | st.text(max_size=20),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=9), inner),
    ).map(json.dumps),
)


@made_up(300)
@given(written=REPLIES, cut=st.integers(0, 600))
def test_every_reply_of_a_model_is_read(written: str, cut: int) -> None:
    began = time.monotonic()
    for reply in (written, written[:cut]):
        shown = visible(reply)
        assert all(number >= 0 for claim in claims(shown) for number in claim.cited)
        finished_claims(reply)
    within_patience(began)


# --- bodies ----------------------------------------------------------------------------------------------------------

# Not those that look for models, fetch addresses or start processes that read; the reading has a test of its own below.
ASIDE = frozenset({
    "POST /api/documents", "PUT /page/records/file", "POST /page/records/address", "POST /page/models",
    "POST /sign-out",
})  # fmt: skip
CALL = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "ask", "arguments": {}}}
BODIES = {
    **{route: asked for route, asked in ROUTES.items() if route.startswith(("POST", "PUT", "PATCH"))},
    "POST /mcp": {"json": CALL},
}  # fmt: skip
NAMES = ("name", "document", "start", "end", "as", "x")
TYPES = ("application/json", "application/json", "text/plain", "multipart/form-data", "x")
ODD = st.sampled_from(["", "\ud800", "\x00", -1, 2**70, 1e308])
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40) | ODD


def holding(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Values, and lists and objects of them."""
    names = st.text(string.ascii_letters, max_size=9)
    return inner | st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4)


JSON = holding(holding(LEAVES))


@pytest.fixture(scope="module")
def client(library: Library) -> Iterator[TestClient]:
    app = build_app(library, options=ApiOptions(rules=Rules(requests_per_minute=0)))
    with TestClient(app, "http://127.0.0.1:7860", client=("127.0.0.1", 50000), raise_server_exceptions=False) as client:
        yield client


@made_up(250)
@given(data=st.data())
def test_no_body_makes_a_route_fail(client: TestClient, library: Library, data: st.DataObject) -> None:
    """A valid request with a value replaced, added or taken away; any JSON; any bytes; any query."""
    route = data.draw(st.sampled_from(sorted(BODIES.keys() - ASIDE)))
    method, path = route.split(" ")
    asked = BODIES[route]
    known = [listing.id for listing in library.documents()]
    stands_for = {SECRET: known[0], OWN: known[1], PLACE: "x", TALK: "x", SAID: "x", KEPT: "x"}
    for name, value in asked.get("path", {}).items():
        path = path.replace(f"{{{name}}}", str(stands_for.get(value, value))).replace(f"{{{name}:path}}", str(value))
    body = {
        name: stands_for.get(value, value) if isinstance(value, str) else value
        for name, value in asked.get("json", {}).items()
    }
    kind = data.draw(st.sampled_from(["changed", "changed", "changed", "any", "bytes"]))
    if kind == "changed":
        names = sorted({*body, "filters", "history", "passages", "stream", "messages", "language"})
        body |= data.draw(st.dictionaries(st.sampled_from(names), JSON, max_size=3))
        for name in data.draw(st.lists(st.sampled_from(names), max_size=1)):
            body.pop(name, None)
    content = json.dumps(data.draw(JSON) if kind == "any" else body).encode()
    if kind == "bytes":
        content = data.draw(st.binary(max_size=200))
    query = data.draw(st.dictionaries(st.sampled_from(NAMES), st.text("aé0-9/.\x00", max_size=9), max_size=2))
    headers = {"Content-Type": data.draw(st.sampled_from(TYPES))}
    began = time.monotonic()
    response = client.request(method, path, params=query or asked.get("params"), content=content, headers=headers)
    assert response.status_code < 500, (route, content, query, response.text[:300])
    within_patience(began)


# --- files -----------------------------------------------------------------------------------------------------------


def _mail() -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"] = "Ann Lind <ann@hesper.example>", "Lanterns"
    message["Date"] = "Mon, 5 May 2031 10:00:00 +0000"
    message.set_content("The lanterns are lit.\n\n> On 4 May Bo wrote:\n> Are they?\n\n-- \nAnn\n")
    message.add_alternative("<p>The lanterns are <b>lit</b>.</p><blockquote>Are they?</blockquote>", subtype="html")
    message.add_attachment(b"a,b\n1,2\n", maintype="text", subtype="csv", filename="counts.csv")
    return message.as_bytes()


XML = b"""<?xml version="1.0" encoding="utf-8"?><debate date="2031-05-04"><title>On lanterns</title><speech><speaker>Ann
Lind</speaker><p>The lanterns are lit.</p><list><item>one</item></list></speech><division><ayes><member>Bo</member>
</ayes><noes count="1"><member>Cy</member></noes></division></debate>"""
VTT = b"""WEBVTT\n\n1\n00:00:01.000 --> 00:00:04.000 line:0\n<v Ann Lind>The lanterns are lit.\n\nNOTE x
\n00:05.000 --> 00:06.000\nBo: Are they?\n"""
RTF = rb"""{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}\b Lanterns\b0\par The lanterns are lit, \u8217?\'e9.\par
{\*\x y}\trowd\cellx99 a\cell\row}"""
HTML = b"""<html><body><h1>Lanterns</h1><p>The lanterns are lit.<table><tr><th>Ayes<th>Noes<tr><td>3<td>2</table>
<ol><li>One<li>Two</ol><script>x</script>"""
TEXT = b"""Minutes of the harbour board\n\n4 May 2031\n\n1. Lanterns\n\nMs. Lind (Verrano): They are lit.
\nAyes 3, noes 2\n\n\tTable\ta\tb\n"""
FILES: dict[str, Callable[[], bytes]] = {
    "a.docx": (SAMPLE / "summary-record.docx").read_bytes, "a.pdf": (SAMPLE / "brochure.pdf").read_bytes,
    "a.html": lambda: HTML, "a.xml": lambda: XML, "a.vtt": lambda: VTT, "a.eml": _mail, "a.rtf": lambda: RTF,
    "a.txt": lambda: TEXT,
}  # fmt: skip
PUT_IN = (b"<", b">", b"&", b"\x00", b"\xff\xfe", b"{", b"}", b"\n\n", b"99999999", b"-1", b"]]>")
OURS = re.compile(r"it cannot be read \(\w+\)")  # as the reading process tells it; a parser's own words say more
Change = tuple[str, float, bytes]
CHANGES: st.SearchStrategy[list[Change]] = st.lists(
    st.tuples(
        st.sampled_from(["put in", "write over", "take out", "twice", "cut"]),
        st.floats(0, 1),
        st.one_of(st.binary(max_size=8), st.sampled_from(PUT_IN)),
    ),
    min_size=1,
    max_size=8,
)  # fmt: skip


def changed(data: bytes, changes: list[Change]) -> bytes:
    """A file after some damage."""
    for how, where, piece in changes:
        at = int(where * len(data))
        end = at + len(piece)
        if how == "cut":
            data = data[: max(at, len(data) // 2)]
        elif how == "twice":
            data = data[:at] + data[at : at + 200] * 3 + data[at + 200 :]
        else:
            data = data[:at] + (b"" if how == "take out" else piece) + data[at if how == "put in" else end :]
    return data


def changed_within(data: bytes, changes: list[Change], which: int) -> bytes:
    """A ZIP file one of whose members is damaged: damage of the whole reaches no further than the unpacking."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(result, "w") as new:
        names = sorted(name for name in old.namelist() if name.endswith((".xml", ".rels")))
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, changed(content, changes) if name == names[which % len(names)] else content)
    return result.getvalue()


@pytest.mark.parametrize("name", FILES)
@made_up(25)
@given(changes=CHANGES, which=st.integers(0, 30), whole=st.booleans())
def test_every_damaged_file_is_read_or_refused(name: str, changes: list[Change], which: int, whole: bool) -> None:
    """What comes of a damaged file can be taken in, or there is a reason; what is made of a reading never fails."""
    data = FILES[name]()
    data = changed_within(data, changes, which) if name == "a.docx" and not whole else changed(data, changes)
    began = time.monotonic()
    try:
        found = parsed_json(name, data)
    except UnreadableFile as error:
        assert error.reason
        assert not OURS.fullmatch(error.reason), "what is made of a reading failed"
    else:
        text = found["text"]
        text.encode("utf-8")
        json.dumps(found)
        assert all(0 <= unit["start"] <= unit["end"] <= len(text) for unit in found["units"])
    within_patience(began)
