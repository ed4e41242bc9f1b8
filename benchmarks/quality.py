"""Measures the whole program on every set there is, and writes docs/quality.md: `make quality`.

    python benchmarks/quality.py [--data FOLDER] [--only SECTION ...] [--fresh] [--work FOLDER]

docs/quality.template.md holds what people wrote; `<!-- figures: SECTION -->` in it is where a section's figures go. A
section is one function below, registered in SECTIONS, that returns Markdown. What is done is kept in the work folder
under the fingerprint of the code that made it, so that an interrupted run goes on where it ended; cases are kept too.

The data folder holds, as far as they exist: evals/seeds_dev.jsonl, seeds/ (the records it asks about) and data/bench/
(sets in BEIR's form, PUBLISHED.json). A section whose set is missing says so in one line. `--only` without a section
measures nothing and writes the document from what is kept.
"""

import argparse
import json
import random
import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import answers as spans
import conversations
import meetings
from sets import interval, table

from onrecord.evals import cases, run
from onrecord.evals.case import Case
from onrecord.evals.corpora import fill
from onrecord.evals.measures.places import place_all, places_json
from onrecord.evals.provenance import code_fingerprint, commit, sha256_of
from onrecord.evals.readers import documents
from onrecord.evals.reports.ways import PlainWords, ReciprocalRank, Weighted
from onrecord.evals.runs import Run, Searchable
from onrecord.rag import Library, open_library

ROOT = Path(__file__).parents[1]
BENCH = "data/bench"
DEPTH = 100
# Enough for intervals of about .04 either way, and minutes instead of hours.
ASKED = 600
OFF_SUBJECT = 100
HALF = 100


class Missing(Exception):
    """A set that is not there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where the data lie, and where work is kept."""

    data: Path
    work: Path

    def there(self, name: str) -> Path:
        """A file or folder of the data. Raises Missing."""
        path = self.data / name
        if not path.exists():
            raise Missing(name)
        return path

    @contextmanager
    def library(self, name: str, make: Callable[[Library], object]) -> Iterator[Library]:
        """A library made once for the code that reads and stores records."""
        made_by = code_fingerprint(("ingest", "vectorstore"))[:12]
        folder = self.work / "libraries" / f"{name}-{made_by}"
        with open_library(folder) as library:
            if library.store.catalogue.fact("quality") != "whole":
                make(library)
                library.store.catalogue.keep_fact("quality", "whole")
            yield library

    def measured(self, library: Searchable, asked: Sequence[Case], **given: Any) -> Run:
        """A run whose cases are kept."""
        return run(library, asked, cache=self.work / "cases", **given)


# --- sections ----------------------------------------------------------------------------------------------------


def gold(desk: Desk) -> str:
    """The gold questions over the seeds, and the sample's."""
    found = {"seeds": seeds(desk)} if (desk.data / "evals/seeds_dev.jsonl").exists() else {}
    with sample_library(desk) as library:
        found["sample"] = desk.measured(library, cases(ROOT / "examples" / "sample_cases.jsonl"))
    heads = ["measure", *(f"{name} ({len(each.results)})" for name, each in found.items())]
    names = [name for name in next(iter(found.values())).measures if any(_has(each, name) for each in found.values())]
    return table(heads, [[says(name), *(figure(each, name) for each in found.values())] for name in names])


def gold_kinds(desk: Desk) -> str:
    """The seeds by kind of question."""
    found = seeds(desk)
    names = ("evidence_recall_4000", "key_facts", "cite_recall", "cite_precision", "abstain_r", "refused_answerable")
    counts = {kind: sum(each.case.kind == kind for each in found.results) for kind in found.by_kind}
    rows = [
        [kind.replace("_", " "), str(counts[kind]), *(number(measures[name]) for name in names)]
        for kind, measures in found.by_kind.items()
    ]
    return table(["kind", "n", *(f"`{name}`" for name in names)], rows)


def gold_stages(desk: Desk) -> str:
    """Where the seeds' cases were lost."""
    stages = [result.record["stage"] for result in seeds(desk).results]
    rows = [[stage, str(stages.count(stage))] for stage in dict.fromkeys(stages) if stage]
    return table(["lost at", "cases"], sorted(rows, key=lambda row: -int(row[1])))


def structure(desk: Desk) -> str:
    """Whether the passage of each gold quote stands where people cite it."""
    asked = cases(desk.there("evals/seeds_dev.jsonl"))
    with seeds_library(desk) as library:
        shape = places_json(place_all(library, asked))
    names = ("found", "whole", "paragraph", "speaker", "right")
    return table(["gold quotes", *names], [[str(shape["n"]), *(f"{shape[name]:.3f}" for name in names)]])


def bm25(desk: Desk) -> str:
    """BM25 alone, whole documents as units, nothing read into the question: as the published baseline."""
    rows = []
    for name in ("scifact_train", "xquad_en"):
        ours, theirs = whole_documents(desk, name), published(desk, name).get("mteb/baseline-bm25s", {})
        rows += [
            [name, "published (bm25s)", number(theirs.get("ndcg_at_10")), number(theirs.get("recall_at_10"))],
            [name, "through this harness", *(number(ours.measures[m]) for m in ("ndcg_10", "recall_10"))],
        ]
    return table(["set", "BM25", "nDCG@10", "recall@10"], rows)


def whole_documents(desk: Desk, name: str) -> Run:
    """A published set searched by plain words, each document one passage."""
    source = f"beir:{desk.there(f'{BENCH}/{name}')}"

    def make(library: Library) -> int:
        return fill(library, documents(source), whole=True, embed=False)

    with desk.library(f"{name}-whole", make) as library:
        return desk.measured(PlainWords(library=library), cases(source), limit=DEPTH, search_only=True)


def retrieval(name: str) -> Callable[[Desk], str]:
    """Retrieval on a published set, our ways beside each other and beside published figures."""

    def section(desk: Desk) -> str:
        source = f"beir:{desk.there(f'{BENCH}/{name}')}"
        asked = [case for case in cases(source) if case.relevant]
        with desk.library(name, lambda library: fill(library, documents(source))) as library:
            ways: dict[str, Searchable] = {
                "words alone, on our passages": Weighted(library=library, meaning=0),
                "meaning alone, on our passages": Weighted(library=library, words=0),
                "both, by reciprocal rank": ReciprocalRank(library=library),
                "both, by the sum of their scores": Weighted(library=library),
                "the product's search": library,
            }
            rows = [
                [way, *_ranked(desk.measured(by, asked, limit=DEPTH, search_only=True))] for way, by in ways.items()
            ]
        rows += [
            [f"{model} (published)", *(f"{row[key]:.3f}" for key in ("ndcg_at_10", "recall_at_10", "mrr_at_10")), ""]
            for model, row in published(desk, name).items()
        ]
        head = [f"{name}, {len(asked)} questions", "nDCG@10", "recall@10", "MRR", "95 % interval of nDCG@10"]
        return table(head, rows)

    return section


def refusals_in_languages(desk: Desk) -> str:
    """The same questions in six languages, asked of the half of the articles that answers some and not the others."""
    rows: list[list[str]] = []
    for name in (f"xquad_{code}" for code in ("en", "es", "de", "ru", "zh", "ar")):
        if not (desk.data / BENCH / name).exists():
            continue
        source = f"beir:{desk.data / BENCH / name}"
        held = [document for document in documents(source) if in_even_article(document.id)]
        asked = [case for case in cases(source) if case.relevant]
        inside = [case for case in asked if all(map(in_even_article, case.relevant))]
        outside = [case for case in asked if not any(map(in_even_article, case.relevant))]
        with desk.library(f"{name}-half", lambda library, held=held: fill(library, held)) as library:
            answered = desk.measured(library, random.Random(5).sample(inside, HALF)).measures
            drawn = random.Random(5).sample(outside, HALF)
            refused = sum(not library.ask(case.question).answered for case in drawn) / HALF
        rows.append([name, *(number(answered[key]) for key in ("cite_recall", "refused_answerable")), number(refused)])
    if not rows:
        raise Missing(f"{BENCH}/xquad_*")
    return table(["set", "gold quote cited", "answerable refused", "questions on other articles refused"], rows)


def in_even_article(key: str) -> bool:
    """Whether a paragraph is of an article with an even number ("6#2"); the others set how near texts are, see
    `likeness.py`."""
    return int(key.partition("#")[0]) % 2 == 0


def languages(desk: Desk) -> str:
    """The same questions over the same paragraphs in six languages."""
    names = [f"xquad_{code}" for code in ("en", "es", "de", "ru", "zh", "ar")]
    rows = [[name, *_ranked(searched(desk, name))] for name in names if (desk.data / BENCH / name).exists()]
    if not rows:
        raise Missing(f"{BENCH}/xquad_*")
    return table(["set", "nDCG@10", "recall@10", "MRR", "95 % interval of nDCG@10"], rows)


def searched(desk: Desk, name: str) -> Run:
    """A published set searched as the product does."""
    source = f"beir:{desk.there(f'{BENCH}/{name}')}"
    with desk.library(name, lambda library: fill(library, documents(source))) as library:
        return desk.measured(library, cases(source), limit=DEPTH, search_only=True)


def answers(name: str, *shown: str) -> Callable[[Desk], str]:
    """Answers and refusals on a published set; of a large one, every so many'th question."""

    def section(desk: Desk) -> str:
        source = f"beir:{desk.there(f'{BENCH}/{name}')}"
        every = cases(source)
        asked = every[:: max(1, len(every) // ASKED)]
        with desk.library(name, lambda library: fill(library, documents(source))) as library:
            found = desk.measured(library, asked)
        rows = [[says(each), figure(found, each)] for each in shown if _has(found, each)]
        return table(["measure", f"{name}, {len(asked)} of {len(every)} questions"], rows)

    return section


def by_hand(name: str, report: Callable[[Library, Path], str]) -> Callable[[Desk], str]:
    """A benchmark with measures of its own, over the same library as the other sections of its set."""

    def section(desk: Desk) -> str:
        folder = desk.there(f"{BENCH}/{name}")
        with desk.library(name, lambda library: fill(library, documents(f"beir:{folder}"))) as library:
            library.store.vectors.exact = True
            return report(library, folder)

    return section


def other_subjects(desk: Desk) -> str:
    """Questions of other sets, asked of records on quite other subjects: all should be refused."""
    draw, asked = random.Random(1), []
    for name in ("xquad_en", "squad2_dev", "mtrag_un_clapnq_cloud"):
        alone = [case.question for case in cases(f"beir:{desk.there(f'{BENCH}/{name}')}") if not case.history]
        asked += draw.sample(alone, min(OFF_SUBJECT, len(alone)))
    rows = []
    for name, opened in (("seeds", seeds_library), ("sample", sample_library)):
        with opened(desk) as library:
            refused = [not library.ask(question).answered for question in asked]
        rows.append([name, str(len(refused)), interval(refused)])
    return table(["asked of the", "questions", "refused"], rows)


def reports(desk: Desk) -> str:
    """Real PDF reports, read; there are no questions about them."""
    folder = desk.there(f"{BENCH}/ntsb_pdf/pdf")
    with desk.library("ntsb", lambda library: library.ingest([folder])) as library:
        listings = library.documents()
        passages = [passage for each in listings for passage in library.store.passages_of(each.id)]
    given = len(list(folder.rglob("*.pdf")))
    sections = sum(bool(passage.locator.section) for passage in passages) / (len(passages) or 1)
    head = ["PDF reports", "read", "pages", "passages", "with page", "under a heading"]
    pages = sum(bool(passage.locator.page) for passage in passages) / (len(passages) or 1)
    row = [given, len(listings), sum(each.pages for each in listings), len(passages), f"{pages:.3f}", f"{sections:.3f}"]
    return table(head, [list(map(str, row))])


_ANSWERS = ("answer_found", "token_f1", "exact_match", "gold_token_recall", "cite_recall", "cite_precision")
_REFUSALS = ("abstain_p", "abstain_r", "abstain_f1", "refused_answerable", "answer_chars", "seconds_p50", "aurc")
SECTIONS: dict[str, Callable[[Desk], str]] = {
    "gold": gold,
    "gold_kinds": gold_kinds,
    "gold_stages": gold_stages,
    "structure": structure,
    "other_subjects": other_subjects,
    "bm25": bm25,
    "retrieval_scifact_train": retrieval("scifact_train"),
    "retrieval_xquad_en": retrieval("xquad_en"),
    "retrieval_squad2_dev": retrieval("squad2_dev"),
    "retrieval_mtrag": retrieval("mtrag_un_clapnq_cloud"),
    "conversations_mtrag": by_hand("mtrag_un_clapnq_cloud", conversations.report),
    "spans_squad2_dev": by_hand("squad2_dev", lambda library, folder: spans.report(library, folder, ASKED)),
    "meetings_elitr_dev": by_hand("elitr_dev", meetings.report),
    "languages": languages,
    "refusals_in_languages": refusals_in_languages,
    "answers_squad2_dev": answers("squad2_dev", *_ANSWERS, *_REFUSALS),
    "answers_mtrag": answers("mtrag_un_clapnq_cloud", *_ANSWERS, *_REFUSALS),
    "answers_elitr_dev": answers("elitr_dev", *_ANSWERS, *_REFUSALS),
    "answers_xquad_en": answers("xquad_en", *_ANSWERS, *_REFUSALS),
    "reports": reports,
}


# --- what sections share -----------------------------------------------------------------------------------------


def seeds(desk: Desk) -> Run:
    """The gold questions over the seeds, asked."""
    asked = cases(desk.there("evals/seeds_dev.jsonl"))
    with seeds_library(desk) as library:
        return desk.measured(library, asked)


@contextmanager
def seeds_library(desk: Desk) -> Iterator[Library]:
    """The library of the seeds."""
    records = desk.there("seeds")
    with desk.library("seeds", lambda library: library.ingest([records])) as library:
        yield library


@contextmanager
def sample_library(desk: Desk) -> Iterator[Library]:
    """The library of the project's own sample."""
    with desk.library("sample", lambda library: library.ingest([ROOT / "sample"])) as library:
        yield library


def published(desk: Desk, name: str) -> dict[str, dict[str, Any]]:
    """Published figures of a set by model; empty where there are none."""
    file = desk.data / BENCH / "PUBLISHED.json"
    rows = json.loads(file.read_text(encoding="utf-8"))["rows"] if file.exists() else []
    return {row["model"]: row for row in rows if row["set"] == name}


def says(name: str) -> str:
    """A measure as a row names it."""
    from onrecord.evals.outcome import BY_NAME

    return f"`{name}`: {BY_NAME[name].says}"


def figure(found: Run, name: str) -> str:
    """A measure with its interval."""
    bounds = found.intervals.get(name)
    between = f" ({number(bounds[0])} to {number(bounds[1])})" if bounds else ""
    return number(found.measures[name]) + between


def number(value: float | None) -> str:
    """A figure as tables show it; nothing where nothing was measured."""
    return "" if value is None else f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3f}"


def _has(found: Run, name: str) -> bool:
    return found.measures.get(name) is not None


def _ranked(found: Run) -> list[str]:
    bounds = found.intervals["ndcg_10"]
    between = f"{bounds[0]:.3f} to {bounds[1]:.3f}" if bounds else ""
    return [*(number(found.measures[name]) for name in ("ndcg_10", "recall_10", "mrr")), between]


# --- the document ------------------------------------------------------------------------------------------------


def main() -> None:
    """Measures what is not measured yet, section by section, and writes the document."""
    arguments = read_arguments()
    desk = Desk(data=arguments.data, work=arguments.work)
    found: dict[str, str] = {}
    for name, section in SECTIONS.items():
        if arguments.only is not None and name not in arguments.only:
            found[name] = kept(desk, name, any_code=True) or "*Not measured yet.*"
            continue
        before = "" if arguments.fresh else kept(desk, name)
        found[name] = before or measure(desk, name, section)
    template = (ROOT / "docs" / "quality.template.md").read_text(encoding="utf-8")
    (ROOT / "docs" / "quality.md").write_text(filled(template, found), encoding="utf-8")
    print("Wrote docs/quality.md", file=sys.stderr)


def read_arguments() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description="Measures the program and writes docs/quality.md.")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared", help="folder of the sets")
    parser.add_argument("--work", type=Path, default=ROOT / "build" / "quality", help="folder for work in progress")
    parser.add_argument("--only", nargs="*", choices=SECTIONS, help="measure these; take the others as they are")
    parser.add_argument("--fresh", action="store_true", help="measure again what is measured already")
    return parser.parse_args()


def measure(desk: Desk, name: str, section: Callable[[Desk], str]) -> str:
    """A section's figures, measured and kept."""
    began = time.perf_counter()
    print(f"{name} ...", end=" ", file=sys.stderr, flush=True)
    try:
        text = section(desk)
    except Missing as missing:
        print(f"no {missing}", file=sys.stderr)
        return f"*Not measured: {missing} is not there.*"
    seconds = time.perf_counter() - began
    print(f"{seconds:.0f} s", file=sys.stderr)
    (desk.work / "sections").mkdir(parents=True, exist_ok=True)
    value = {"code": code_of(name), "text": text, "commit": commit(), "seconds": seconds}
    _section_file(desk, name).write_text(json.dumps(value, ensure_ascii=False, indent=1), encoding="utf-8")
    return text


def kept(desk: Desk, name: str, *, any_code: bool = False) -> str:
    """A section measured earlier by the same code, or by any."""
    file = _section_file(desk, name)
    value = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    if value.get("code") == code_of(name):
        return value["text"]
    return f"{value['text']}\n\n*(measured on commit {value['commit']})*" if any_code and value else ""


def code_of(name: str) -> str:
    """Fingerprint of all that a section's figures depend on in the code."""
    return sha256_of([name, code_fingerprint(), Path(__file__).read_text(encoding="utf-8")])


def _section_file(desk: Desk, name: str) -> Path:
    return desk.work / "sections" / f"{name}.json"


def filled(template: str, found: Mapping[str, str]) -> str:
    """The template with the figures in their places; `{{commit}}` becomes the commit."""
    unknown = set(re.findall(r"<!-- figures: (\w+) -->", template)) - found.keys()
    if unknown:
        sys.exit(f"docs/quality.template.md: there is no section {min(unknown)}; there are {', '.join(SECTIONS)}")
    text = re.sub(r"<!-- figures: (\w+) -->", lambda match: found[match[1]], template)
    return text.replace("{{commit}}", commit() or "of a build without version control")


if __name__ == "__main__":
    main()
