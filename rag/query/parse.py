"""A question as understood: what is searched for, which words weigh, whom and where it points at, what it expects."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from ...ingest.language.organs import names_of_organ, organs_named
from ...ingest.language.states import names_of, states_named
from ...vectorstore.language.analysers import exact_forms
from ...vectorstore.names import fold
from ...vectorstore.passage import Hit
from ...vectorstore.store import Store
from ..answer import Turn
from ..calibration import likeness
from .directory import Directory, directory_of
from .expectation import Expectation, expectation
from .follow_up import asks_by_itself, asks_for_others, names_its_subject, refers_back, stand_alone
from .kinds import (
    asking_words,
    asks_what_is_said,
    before_topic,
    courtesy,
    wants_decision,
    wants_reason,
    wants_records,
    wants_vote,
)
from .mentions import Mentions, mentions
from .question import (
    SAYS,
    References,
    asks_for_asker,
    asks_for_questions,
    asks_for_reply,
    asks_for_words,
    asks_who,
    content_words,
    exact_words,
    numbered_headings,
    pointers,
    proper_names,
    said_by,
    subject,
    topic,
    topic_in,
)
from .sides import CHANGES, CLEARLY_COMPARES, COMPARES, YEAR, Side, sides_of
from .thread import Thread
from .units import counted_in
from .vocabulary import asked_in, corrected, is_held, stems_held

if TYPE_CHECKING:
    import numpy as np

NOW_WEIGHT = 2.0
CARRIED_WEIGHT = 0.25
OTHER_FORM_WEIGHT = 0.4
ANSWER_WEIGHT = 1.0
MIN_ACRONYM_CHARS = 4
_LITTLE = re.compile(r"[A-Za-z]{1,2}")
_LISTS = re.compile(
    r"\b(?:list (?:all|every|the)|list$|list everything|name (?:all|the)|all (?:the|of the)?\s*\w+s\b|everything|"
    r"every (?:one|single)|which (?:[\w-]+ ){0,2}?(?:points|delegations|countries|organi[sz]ations|measures|members|"
    r"speakers|documents|reasons|steps|groups|bodies|issues|topics|alternatives|recommendations|conditions|"
    r"amendments|proposals)\b|what (?:[\w-]+ )?(?:types|kinds|points|reasons|measures|alternatives|steps|conditions|"
    r"options|examples)\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A question as understood.

    `text` stands alone, `own` is it without the question before, where that is carried along; `content_words` are its
    stems that say what it is about, `topic` is what somebody's words are asked about, `topic_words` are its stems in a
    question that stands alone; `mentioned` are the names in it, `counted_in` is the unit it counts in; `numbered` are
    the headings it calls by a word and a number ("issue 30"); `words` weigh the stems it is searched by (1 is usual),
    `exact` its names and numbers as they are written, for records in other languages than its own (`language`);
    `compared` are what it compares, at least two or none; `names` holds for each acronym in it the stems of its forms,
    `name_variants` those of each name in it that the records write in several ways; `excluded_speakers` are those not
    asked for ("Who else ...").

    `compares` is true where things are set side by side, `wants_list` where one instance is not enough, `wants_reply`
    where what was said in return is asked for, `wants_asker` where who put the question is, `wants_speaker` where who
    said or did it is, `wants_questions` where questions put are, `follows` where it leans on the question before;
    `thread` is what the answer to that was drawn from, where this question stays there.
    """

    text: str
    own: str = ""
    content_words: tuple[str, ...] = ()
    topic: str = ""
    topic_words: tuple[str, ...] = ()
    mentioned: Mentions = field(default_factory=Mentions)
    counted_in: str | None = None
    numbered: tuple[str, ...] = ()
    words: Mapping[str, float] = field(default_factory=dict[str, float])
    exact: Mapping[str, float] = field(default_factory=dict[str, float])
    language: str | None = None
    references: References = field(default_factory=References)
    expected: Expectation | None = None
    compared: tuple[Side, ...] = ()
    names: tuple[frozenset[frozenset[str]], ...] = ()
    name_variants: tuple[frozenset[frozenset[str]], ...] = ()
    excluded_speakers: frozenset[str] = frozenset()
    compares: bool = False
    wants_list: bool = False
    wants_reply: bool = False
    wants_asker: bool = False
    wants_speaker: bool = False
    wants_questions: bool = False
    follows: bool = False
    thread: Thread | None = None

    @property
    def asked(self) -> str:
        """What tells the kind of answer that is wanted: a follow-up itself, where it asks ("Who abstained?"); the whole
        of it where it only names something else ("And Fiji?")."""
        return self.own if self.own and asks_by_itself(self.own) else self.text


def _likenesses(store: Store, text: str, others: Sequence[str]) -> "np.ndarray":
    vectors = store.embedder.embed([text, *others])
    return likeness(store.embedding, vectors[1:] @ vectors[0], "alike")


def parse_query(store: Store, question: str, history: Sequence[Turn] = ()) -> Query:
    """Parses a question, once, against what the library now holds; a follow-up is made to stand alone."""
    store.refresh()
    directory = directory_of(store)
    question = corrected(store, question)
    history = [replace(turn, question=corrected(store, turn.question)) for turn in _said_before(question, history)]
    text = stand_alone(question, history, directory, partial(_likenesses, store))
    follows = text != " ".join(question.split())
    own = text.partition(" (")[0] if follows else text  # without the question before, carried along in brackets
    language = asked_in(store, own)
    content = content_words(store, text, language)
    references = pointers(text, store, content)
    if wants_vote(own) and wants_reason(own) and not references.said_by:  # why is told by those who voted so
        references = replace(references, said_by=tuple(directory.speakers_in(own)))
    if wants_vote(own) and not asks_for_words(own):  # a paragraph that was voted on is no place
        references = replace(references, paragraphs=())
    if asks_for_reply(text) or (own != text and _names_whom(own, directory)):
        references = replace(references, said_by=said_by(own, directory))
    elif language not in (None, "en") and asks_what_is_said(text):
        whose = directory.speakers_in(before_topic(own)) or directory.speakers_in(own)
        references = replace(references, said_by=tuple(whose))
    mentioned = mentions(text, directory, language)
    compared = sides_of(store, text, references)
    compares = bool(CLEARLY_COMPARES.search(text) or (compared and COMPARES.search(text)))
    query = Query(
        text=text,
        own=own,
        language=language,
        content_words=tuple(content),
        mentioned=mentioned,
        counted_in=counted_in(text),
        numbered=numbered_headings(text),
        references=references,
        topic=topic(text, references),
        expected=expectation(own),
        compared=compared,
        names=tuple(_forms(store, name) for name in mentioned.proper if _is_acronym(name)),
        name_variants=_same(store, directory, text),
        compares=compares,
        wants_list=bool(_LISTS.search(own)),
        wants_reply=asks_for_reply(text),
        wants_asker=asks_for_asker(text),
        wants_speaker=asks_who(text),
        wants_questions=asks_for_questions(text),
        follows=follows,
    )
    query = replace(query, words=_weighed(store, directory, query), exact=_exact(store, text, language))
    if follows:
        return _following(store, directory, query, question, history[-1])
    if language not in (None, "en") and not compares:
        return replace(query, topic_words=tuple(stems_held(store, " ".join(topic_in(text, language)), language)))
    about = "" if compares else query.topic
    return replace(query, topic_words=tuple(content_words(store, about, language)))


def is_nameless(store: Store, query: Query) -> bool:
    """Whether a question names no record, no date and nothing but speakers ("Who sent apologies?")."""
    speaking = " ".join((*query.references.speakers, subject(query.text)))
    names = (name for name in query.mentioned.proper if fold(name) not in fold(speaking))
    return not (query.references.documents or YEAR.search(query.text) or any(names) or wants_records(query.text))


def of_records_named(store: Store, query: Query) -> bool:
    """Whether a question is on records that it names by their symbols, so that no other is to answer it: not what
    somebody says of them, nor which records or speakers do, nor what was decided on one that tells of no decision."""
    named = query.references.by_symbol
    if not named or query.compares or query.references.said_by or wants_records(query.text):
        return False
    subjects = [match["who"] or match["whose"] for match in SAYS.finditer(query.text)]
    if not all(map(directory_of(store).documents_by_symbol, subjects)):  # what somebody says, not one of the records
        return False
    if query.wants_speaker or query.wants_list or query.wants_reply or query.wants_asker or query.wants_questions:
        return False
    decided = wants_decision(query.asked) or wants_vote(query.asked)
    return not decided or all(store.structure(each).outcomes for each in named)


def leaves(store: Store, question: str, found: Thread) -> bool:
    """Whether a question, as it was put, names a record that the last answer was not drawn from."""
    named = directory_of(store).documents_in(question, content_words(store, question))
    return not set(named).issubset(found.documents)


def in_thread(store: Store, query: Query, found: Thread) -> Query:
    """A question that is asked of the records of the last answer: only what it names itself must stand there, and where
    it has words of its own, those carried along weigh little."""
    directory = directory_of(store)
    query = replace(
        query,
        thread=found,
        mentioned=mentions(query.own, directory, query.language),
        references=replace(query.references, documents=found.documents, by_symbol=()),
    )
    own = own_subject(store, query)
    if query.own == query.text or not own or not names_its_subject(query.own):
        return query
    words = {word: CARRIED_WEIGHT * weight for word, weight in query.words.items() if word not in own}
    content = tuple(content_words(store, query.own, query.language))
    words |= dict.fromkeys(content, 1.0)
    text = f"{query.own} ({', '.join(found.names)})"
    about = topic(query.own, query.references)
    return replace(query, text=text, content_words=content, topic=about, topic_words=(), words=words)


def said_in_thread(store: Store, query: Query, hits: Sequence[Hit]) -> bool:
    """Whether those speak there whose words a follow-up asks for; true where it asks for nobody's, or for a vote."""
    asked = () if wants_vote(query.asked) else said_by(query.own, directory_of(store))
    return not asked or any(hit.passage.locator.speaker in asked for hit in hits)


def own_subject(store: Store, query: Query) -> set[str]:
    """The stems of a follow-up's own words, without the names of speakers and what questions are asked with: none in
    "Who abstained?", none in "What did Norway say about it?"."""
    words = re.findall(r"[^\W_]+", query.own)
    kept = [word for word in words if word.casefold() not in asking_words() and not _LITTLE.fullmatch(word)]
    speaking = _stems(store, directory_of(store).speakers_in(query.own))
    return set(content_words(store, " ".join(kept), query.language)) - speaking if kept else set[str]()


def _names_whom(own: str, directory: Directory) -> bool:
    """Whether a follow-up tells whose words it asks for: it names somebody, asks who, or how something was voted on."""
    return bool(directory.speakers_in(own) or proper_names(own)) or asks_who(own) or wants_vote(own)


def _said_before(question: str, history: Sequence[Turn]) -> Sequence[Turn]:
    """What a question may lean on: no courtesies, and nothing where it asks what the library holds."""
    return () if wants_records(question) else [turn for turn in history if not courtesy(turn.question)]


def _weighed(store: Store, directory: Directory, query: Query) -> dict[str, float]:
    """The stems a question is searched by, with their weights; other forms of its names weigh less."""
    words = dict.fromkeys(query.content_words, 1.0)
    if any(side.year for side in query.compared):  # these words say what is compared, not what it is about
        spent = _stems(store, [*YEAR.findall(query.text), *CHANGES.findall(query.text)])
        words = {stem: weight for stem, weight in words.items() if stem not in spent} or words
    for form in directory.other_forms(query.text):
        for stem in store.lexical.words(form):
            words.setdefault(stem, OTHER_FORM_WEIGHT)
    return words


def _exact(store: Store, text: str, language: str | None) -> dict[str, float]:
    """The names and numbers of a question, and the other names of states and organs in it, as records in other
    languages write them; none where the library has records in its own, for there they cost more than they found."""
    if is_held(store, language):
        return {}
    weighed = dict.fromkeys(exact_words(text, language), 1.0)
    named = [*map(names_of, states_named(text)), *map(names_of_organ, organs_named(text))]
    for words in map(exact_forms, {name for names in named for name in names}):
        weighed |= {word: max(weighed.get(word, 0.0), 1 / len(words)) for word in words}
    return weighed


def _following(store: Store, directory: Directory, query: Query, question: str, last: Turn) -> Query:
    """A follow-up's query: its own words weigh more than those carried along; "Who else?" leaves out who was named, and
    "In which paragraph?" looks for the answer again."""
    words = dict(query.words)
    words |= {stem: NOW_WEIGHT for stem in content_words(store, question, query.language) if stem in words}
    if refers_back(question) and not asks_for_others(question):
        words |= {stem: ANSWER_WEIGHT for stem in content_words(store, last.answer)}
    query = replace(query, words=words)
    if not asks_for_others(question):
        return query
    excluded = frozenset(directory.speakers_in(f"{query.text} {last.answer}"))
    return replace(
        query,
        words={stem: weight for stem, weight in words.items() if stem not in _stems(store, excluded)},
        references=replace(query.references, speakers=(), said_by=()),
        excluded_speakers=excluded,
        wants_list=query.wants_list or bool(excluded),
    )


def _stems(store: Store, names: Iterable[str]) -> set[str]:
    return {stem for name in names for stem in store.lexical.words(name)}


def _is_acronym(name: str) -> bool:
    return name.isupper() and len(name) >= MIN_ACRONYM_CHARS


def _forms(store: Store, name: str) -> frozenset[frozenset[str]]:
    """The stems of a name, and of what the records write for it."""
    forms = [name, *directory_of(store).other_forms(name)]
    stems = (frozenset(stems_held(store, form)) for form in forms)
    return frozenset(found for found in stems if found)


def _same(store: Store, directory: Directory, text: str) -> tuple[frozenset[frozenset[str]], ...]:
    """For each acronym or its long form in the text, and each state in it that speaks, the stems of all its forms."""
    found = [_forms(store, form) for form in directory.other_forms(text)]
    for names in directory.states_in(text).values():
        found.append(frozenset(stems for name in names if (stems := frozenset(store.lexical.words(name)))))
    return tuple(dict.fromkeys(forms for forms in found if len(forms) > 1))
