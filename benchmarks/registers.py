"""Registers of votes and sponsors, and answers on votes, beside gold tables.

    python benchmarks/registers.py LIBRARY [--votes FILE] [--sponsors FILE] [--questions FILE]

LIBRARY holds the records that the tables name by their files. VOTES has lines of doc, for, against and abstaining
(lists of names; empty where there was no recorded vote), SPONSORS of doc, sponsors and additional (null where they are
not known). A record counts as exact where every list holds the same names, no more and no fewer, a state being the
same under each of its names; a name is at its place where its citation quotes just it. QUESTIONS has lines of sub,
question, answerable and key_facts ("one|or another way to say it"): a question is right where it is answered with all
of its key facts, or rightly refused.
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from sets import table

from onrecord.ingest.language.states import state_of
from onrecord.rag import Library, open_library
from onrecord.rag.tools.registers import Kind, register

Lists = Mapping[str, Mapping[str, list[str]]]
VOTES = {"for": "for", "against": "against", "abstained": "abstaining"}
SPONSORS = {"sponsor": "sponsors", "additional sponsor": "additional"}


def main() -> None:
    """Prints a table for each file given."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("library", type=Path)
    for name in ("votes", "sponsors", "questions"):
        parser.add_argument(f"--{name}", type=Path)
    asked = parser.parse_args()
    with open_library(asked.library, create=False) as library:
        for kind, file, lists in (("votes", asked.votes, VOTES), ("sponsors", asked.sponsors, SPONSORS)):
            if file:
                print(tables(library, kind, list(_lines(file)), lists))
        if asked.questions:
            print(answers(library, _lines(asked.questions)))


def tables(library: Library, kind: Kind, gold: Iterable[Mapping[str, Any]], lists: Mapping[str, str]) -> str:
    """How many records have just the names of a gold table, and how many names are not at their places."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    displaced = 0
    for row in register(library.store, kind):
        if row.who:
            found[Path(row.citation.document.source).name][row.what].append(row.who)
            displaced += row.citation.quote.split() != row.who.split()
    first, *_ = lists.values()
    known = [line for line in gold if line[first] is not None]
    exact = sum(_is_exact(found[line["doc"]], line, lists) for line in known)
    return table(
        ["register", "records", "exact", "names not at their place"],
        [[kind, *map(str, (len(known), exact, displaced))]],
    )


def answers(library: Library, questions: Iterable[Mapping[str, Any]]) -> str:
    """Questions that are right, and the share of key facts, by what they ask for."""
    right: dict[str, list[tuple[bool, float]]] = defaultdict(list)
    for line in questions:
        right[line["sub"]].append(_judged(library, line))
    rows = [
        [sub, str(len(each)), str(sum(good for good, _ in each)), f"{sum(share for _, share in each) / len(each):.3f}"]
        for sub, each in sorted(right.items())
    ]
    return table(["asks for", "questions", "right", "key facts"], rows)


def _judged(library: Library, line: Mapping[str, Any]) -> tuple[bool, float]:
    """Whether a question is right, and the share of its key facts."""
    answer = library.ask(line["question"])
    if not line["answerable"]:
        return not answer.answered, float(not answer.answered)
    told = answer.text.casefold()
    held = [any(way.casefold() in told for way in fact.split("|")) for fact in line["key_facts"]]
    if not answer.answered and line.get("refusal_ok"):
        return True, 1.0
    return answer.answered and all(held), sum(held) / len(held) if held else float(answer.answered)


def _is_exact(found: Mapping[str, list[str]], gold: Mapping[str, Any], lists: Mapping[str, str]) -> bool:
    known = {ours: gold[theirs] for ours, theirs in lists.items() if gold[theirs] is not None}
    return all(_named(found.get(ours, [])) == _named(names) for ours, names in known.items())


def _named(names: Iterable[str]) -> list[str]:
    return sorted(state_of(name) or name for name in names)


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    return map(json.loads, file.read_text(encoding="utf-8").splitlines())


if __name__ == "__main__":
    main()
