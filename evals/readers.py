"""Cases from wherever they are kept: JSON lines, a spreadsheet's CSV, a BEIR folder, a SQuAD file.

    cases.jsonl      one case a line, see `case.Case`
    cases.csv        columns question, answer, source; more are known, see `_csv_case`
    beir:FOLDER      corpus.jsonl, queries.jsonl, qrels.tsv or qrels/*.tsv (all may end in .gz); qa.jsonl where it is
    squad:FILE       SQuAD 1.1 or 2.0 JSON

`cases` reads any of them, `documents` gives the corpus that the last two bring along.
Sources: BEIR (Thakur et al. 2021, arXiv:2104.08663), SQuAD (Rajpurkar et al. 2016 and 2018).
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..ingest.language.sentences import sentence_spans
from ..vectorstore.errors import InputError
from .case import Case, bytes_of, checked, lines_of, read_jsonl

BEIR, SQUAD = "beir:", "squad:"
YES = frozenset({"yes", "y", "x", "1", "true", "ok", "✓"})


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpusDocument:
    """A document that a set of cases brings along; gold evidence names it by `id`."""

    id: str
    title: str
    text: str


def cases(source: Path | str) -> list[Case]:
    """The cases of a source, in its order.

    Args:
        source: a file of JSON lines or CSV, "beir:FOLDER" or "squad:FILE".

    Raises:
        InputError: it cannot be read, or holds something else; the message names the file and the line.
    """
    name = str(source)
    if name.startswith(BEIR):
        return _beir(Path(name.removeprefix(BEIR)).expanduser())
    if name.startswith(SQUAD):
        return _squad(Path(name.removeprefix(SQUAD)).expanduser())
    if name.endswith(".csv"):
        return _csv(Path(name).expanduser())
    return read_jsonl(Path(name).expanduser())


def documents(source: Path | str) -> Iterator[CorpusDocument]:
    """The documents that a "beir:FOLDER" or "squad:FILE" brings along. Raises InputError."""
    name = str(source)
    if name.startswith(BEIR):
        folder = Path(name.removeprefix(BEIR)).expanduser()
        for _, value in _objects(_there(folder, "corpus.jsonl", "corpus.jsonl.gz")):
            yield CorpusDocument(id=str(value["_id"]), title=value.get("title") or "", text=value.get("text") or "")
    elif name.startswith(SQUAD):
        for paragraph in _squad_paragraphs(Path(name.removeprefix(SQUAD)).expanduser()):
            yield CorpusDocument(id=paragraph.id, title=paragraph.title, text=paragraph.context)
    else:
        raise InputError(f"{name} brings no documents along; name a set as {BEIR}FOLDER or {SQUAD}FILE")


# --- CSV ---------------------------------------------------------------------------------------------------------


def _csv(path: Path) -> list[Case]:
    text = "\n".join(line for _, line in lines_of(path))
    # Quoted fields may run over lines, so line numbers are those of the reader, blank lines left out or not.
    rows = csv.DictReader(io.StringIO(bytes_of(path).decode("utf-8-sig")))
    columns = set(rows.fieldnames or ())
    if not text or "question" not in columns:
        raise InputError(f"{path}, line 1: no column named question; the columns are question, answer, source")
    if len(columns) != len(rows.fieldnames or ()):
        raise InputError(f"{path}, line 1: a column is named twice")
    if unknown := columns - _CSV_COLUMNS:
        known = ", ".join(sorted(_CSV_COLUMNS))
        raise InputError(f"{path}, line 1: unknown column {min(unknown)!r}; known are {known}")
    return checked(_csv_rows(path, rows, columns), f"{path}: no cases in it; a row a question")


_CSV_COLUMNS = frozenset(
    "id kind question answer source quote paragraph speaker section key_facts answerable note accepted".split()
)


def _csv_rows(path: Path, rows: "csv.DictReader[str]", columns: set[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    for number, row in enumerate(rows, start=1):
        where = f"{path}, line {rows.line_num}"
        if None in row or None in row.values():
            raise InputError(f"{where}: {'more' if None in row else 'fewer'} fields than the first line names")
        if "accepted" in columns and row["accepted"].strip().casefold() not in YES:
            continue
        yield where, _csv_case({key: value.strip() for key, value in row.items()}, number)


def _csv_case(row: Mapping[str, str], number: int) -> dict[str, Any]:
    """A row as a case. Without `answerable`, a row that gives no answer, fact or quote is a question to refuse.

    Facts and alternative answers are set apart by semicolons; `source` is a file name, needed where there is a quote.
    """
    facts = _parts(row.get("key_facts", ""))
    answers = _parts(row.get("answer", ""))
    quote, source = row.get("quote", ""), row.get("source", "")
    given = row.get("answerable", "").casefold()
    place = {key: row[key] for key in ("paragraph", "speaker", "section") if row.get(key)}
    return {
        "id": row.get("id") or f"row-{number}",
        "kind": row.get("kind") or "question",
        "question": row["question"],
        "answerable": given in YES if given else bool(facts or answers or quote),
        "key_facts": facts,
        "answers": answers,
        "evidence": [{"doc": source, "quote": quote, "locator": place}] if quote else [],
        "relevant": {source: 1} if source else {},
        "note": row.get("note", ""),
    }


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


# --- BEIR --------------------------------------------------------------------------------------------------------


def _beir(folder: Path) -> list[Case]:
    """Queries that have judgements, or questions with answers; all others have nothing to be measured by."""
    qrels = _qrels(folder)
    answers = _beir_answers(folder)
    texts: dict[str, str] | None = None
    given: list[tuple[str, dict[str, Any]]] = []
    for where, value in _objects(_there(folder, "queries.jsonl", "queries.jsonl.gz", "qa.jsonl")):
        key = str(value["_id"])
        answer = answers.get(key, {})
        if key not in qrels and key not in answers:
            continue
        if answer.get("spans") and texts is None:
            texts = {document.id: document.text for document in documents(f"{BEIR}{folder}")}
        given.append((where, _beir_case(key, value, answer, qrels.get(key, {}), texts or {})))
    return checked(given, f"{folder}: no query has a judgement; qrels.tsv with lines query-id, corpus-id, score")


def _beir_case(
    key: str, value: Mapping[str, Any], answer: Mapping[str, Any], graded: Mapping[str, int], texts: Mapping[str, str]
) -> dict[str, Any]:
    metadata: dict[str, Any] = {**(value.get("metadata") or {}), **(answer.get("metadata") or {})}
    answerable = bool(answer.get("answerable", metadata.get("answerable", True)))
    kind = metadata.get("answerability") or metadata.get("type") or ("question" if answerable else "unanswerable")
    return {
        "id": key,
        "kind": str(kind).casefold(),
        "question": value.get("text") or value["question"],
        "history": _turns(answer.get("history") or metadata.get("history") or ()),
        "answerable": answerable,
        "answers": [text for text in dict.fromkeys(answer.get("answers") or ()) if text] if answerable else [],
        "evidence": _spans(answer, texts) if answerable else [],
        "relevant": dict(graded) or dict.fromkeys(map(str, answer.get("gold_ids") or ()), 1),
    }


def _spans(answer: Mapping[str, Any], texts: Mapping[str, str]) -> list[dict[str, Any]]:
    """The sentence around the first gold span: what must be cited to prove the answer."""
    places = [(gold, span) for gold in answer.get("gold_ids") or () for span in answer.get("spans") or ()]
    if not places or places[0][0] not in texts:
        return []
    gold, (start, _) = places[0]
    return [_evidence(gold, texts[gold], start)]


def _evidence(document: str, text: str, at: int) -> dict[str, Any]:
    """The sentence that holds a character, as evidence."""
    spans = [(start, end) for start, end in sentence_spans(text) if start <= at < end] or [(0, len(text))]
    start, end = spans[0]
    quote = text[start:end]
    return {"doc": document, "quote": quote, "nth": text.count(quote, 0, start) + 1}


def _turns(history: Iterable[Mapping[str, str]]) -> list[dict[str, str]]:
    """Turns of question and answer; those given as {"role", "text"} are put together in pairs."""
    turns: list[dict[str, str]] = []
    for said in history:
        if "question" in said:
            turns.append({"question": said["question"], "answer": said.get("answer", "")})
        elif said.get("role") == "user":
            turns.append({"question": said.get("text") or said.get("content", ""), "answer": ""})
        elif turns:
            turns[-1]["answer"] = said.get("text") or said.get("content", "")
    return turns


def _qrels(folder: Path) -> dict[str, dict[str, int]]:
    """Grades by query and document; several files (one a split) are put together."""
    files = [file for file in (folder / "qrels.tsv", *sorted((folder / "qrels").glob("*.tsv"))) if file.is_file()]
    found: dict[str, dict[str, int]] = {}
    for file in files:
        for number, (where, line) in enumerate(lines_of(file)):
            fields = line.rstrip("\r").split("\t")
            if number == 0 and not fields[-1].lstrip("-").isdigit():
                continue
            if len(fields) != 3 or not fields[2].lstrip("-").isdigit():
                raise InputError(f"{where}: query-id, corpus-id and a whole number are expected, tabs between them")
            found.setdefault(fields[0], {})[fields[1]] = max(0, int(fields[2]))
    return found


def _beir_answers(folder: Path) -> dict[str, dict[str, Any]]:
    """What qa.jsonl tells of each question, where there is such a file; it is not part of BEIR's own form."""
    file = folder / "qa.jsonl"
    return {str(value["_id"]): value for _, value in _objects(file)} if file.is_file() else {}


def _objects(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for where, line in lines_of(path):
        try:
            value = json.loads(line)
        except ValueError as error:
            raise InputError(f"{where}: invalid JSON ({error})") from error
        if not isinstance(value, dict) or "_id" not in value:
            raise InputError(f"{where}: _id: field required")
        yield where, value


def _there(folder: Path, *names: str) -> Path:
    for name in names:
        if (folder / name).is_file():
            return folder / name
    raise InputError(f"{folder}: no {names[0]} in it; a BEIR folder holds corpus.jsonl, queries.jsonl and qrels.tsv")


# --- SQuAD -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Paragraph:
    id: str
    title: str
    context: str
    questions: list[dict[str, Any]]


def _squad(path: Path) -> list[Case]:
    given = (
        (f"{path}, question {question.get('id')}", _squad_case(paragraph, question))
        for paragraph in _squad_paragraphs(path)
        for question in paragraph.questions
    )
    return checked(given, f"{path}: no questions in it; SQuAD's JSON")


def _squad_paragraphs(path: Path) -> Iterator[_Paragraph]:
    try:
        articles = json.loads(bytes_of(path))["data"]
        for article in articles:
            for number, paragraph in enumerate(article["paragraphs"]):
                title = article.get("title") or "untitled"
                yield _Paragraph(
                    id=f"{title}#{number}", title=title, context=paragraph["context"], questions=paragraph["qas"]
                )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{path}: not SQuAD's JSON ({error!r}); data, paragraphs and qas are expected") from error


def _squad_case(paragraph: _Paragraph, question: Mapping[str, Any]) -> dict[str, Any]:
    answers: list[dict[str, Any]] = [] if question.get("is_impossible") else question.get("answers") or []
    return {
        "id": str(question.get("id")),
        "kind": "question" if answers else "unanswerable",
        "question": question.get("question"),
        "answerable": bool(answers),
        "answers": list(dict.fromkeys(answer["text"] for answer in answers if answer.get("text"))),
        "evidence": [_evidence(paragraph.id, paragraph.context, answers[0]["answer_start"])] if answers else [],
        "relevant": {paragraph.id: 1},
    }
