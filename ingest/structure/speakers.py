"""Who speaks: labels that open turns ("Norway:"), and speakers whose words a report retells ("Ms. Lind said ...").

In doubt nobody: no speaker misleads less than a wrong one.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise

from ...vectorstore.markup import plain
from ..formats.blocks import Block
from ..language.states import is_broken_label, state_at, state_of, states_of_label, without_states
from ..language.tables import any_of, saying, word_list
from .labels import Label, induced_labels, labels_within
from .people import (
    OFFICES,
    TITLES,
    has_no_case,
    is_capital,
    is_entry,
    is_name_without_case,
    is_person,
    is_recorded,
    names_holder,
    without_asides,
    without_title_point,
)
from .retold import split_at_retold

_COLON_LABEL = re.compile(
    r"^\s*+(?:<[A-Za-z]{1,16}>\s*+)?(?:[*_]{2,3})?"
    r"(?P<label>[^\n:：*]{1,150}?(?:\n[^\n:：*]{1,90}?)?)\s*(?:[*_]{2,3}\s*[:：]|[:：]\s*[*_]{2,3}|[:：])"
    r"(?:(?<=：)|\s+|$|(?=[\u4e00-\u9fff“「]))"
)
_RECORD_LABEL = re.compile(
    r"^\s*(?P<label>(?:Mr|Ms|Mrs|Dr|Miss)\. (?:(?:Mc|Mac|De|Di|La|Le|Van) ?)?[A-Z][A-Z'’-]+(?: [A-Z][A-Z'’-]+)*"
    r"(?: of (?:[A-Z]\w++ ?){1,3})?|The [A-Z]{5,}(?: [A-Z]{2,}| pro tempore)*(?: \([^()]{2,60}\))?)\.\s"
)
_BRACKET_LABEL = re.compile(
    r"^\s*(?P<label>[A-Z][^\n:.!?()]{2,90}\([A-Z][\w’'.-]{1,40}(?: [A-Z][\w’'.-]{1,40}){1,3}\))\s?(?=[A-Z“\"])"
)
_TITLED = re.compile(
    r"^(?:Mr|Ms|Mrs|Miss|Dr|Prof|Sir|H\.\s?E|Hon|Madam|Senator|Ambassador|Amb|M|Mme|Sr|Sra)\b\.?\s+\S"
    r"|^(?:the\s+)?(?:(?:temporary|acting|deputy|vice)[ -]?){0,4}(?:chair(?:man|woman|person)?|president|speaker|"
    r"moderator|rapporteur|facilitator|secretariat|secretary(?:[ -]general)?|clerk|co-?chairs?)\b",
    re.IGNORECASE,
)
_OFFICE = (
    r"(?:(?:temporary|acting|deputy|vice|co)[ -]?){0,4}(?:chair(?:man|men|woman|persons?|person|s)?|pr[ée]sident[ea]?s?"
    r"|speaker|moderators?|(?:special )?rapporteurs?|facilitators?|secretary(?:[ -]general)?|secretaries"
    r"|alcalde(?:sa)?(?:[ -]president[ea])?|secretari[oa](?:[ -]interventora?)?|interventora?|maire|secr[ée]taire)"
)
_OFFICE_BEGINS = re.compile(r"\W{0,4}(?i:the|le|la|el|los|las|les|der|die|o|a)\s[A-ZÀ-Þ]")
_ASKS_IN_WRITING = r"\s(?i:asked|asks|a demandé|demande|preguntó|pregunta|perguntou|fragte|fragt)\s[^:?!]{2,300}:"
_OFFICERS = re.compile(_OFFICE, re.IGNORECASE)
_LATIN = re.compile(r"[A-Za-zÀ-ɏ]")
_OTHER_OFFICERS = re.compile(OFFICES, re.IGNORECASE)
_ADDRESS = re.compile(
    r"(?:dear |distinguished )?(?:mr|ms|mrs|mme|m|sr|sra|madame?|monsieur|señora?)\.? (?:le |la )?" + _OFFICE,
    re.IGNORECASE,
)
_NOT_SPEAKERS = word_list("no_speakers")
_FIELDS = word_list("fields")
_MIN_TURNS = 4
_YEAR = re.compile(r"(?<!\w)(?:19|20)\d\d(?!\w)")
_NO_LABEL = re.compile(r"[.!?]\s+[a-z]|https?$|\d{3}|[a-z]{4}[.!?]\s|\.\s?[-–—]\s")
_MARKS = re.compile(r"[\W\d_]*+o?\s*+")
_FEWEST_KNOWN = 2
_FAR_MORE = 1.5
_OPENING_CHARS = 300
# More than any label takes; a record's paragraphs are asked for theirs several times over.
_LABEL_CHARS = 400
_LONGEST_NAME_WORDS = 5
_LONGEST_LABEL_WORDS = 14
_LONGEST_HELD_OFFICE_WORDS = 24
_FEWEST_SAID_WORDS = 4
_FEWEST_SAID_LETTERS = 6
_COLONS = re.compile("[:：]")
_SPOKEN_SHARE = 0.3
_DELEGATIONS_SHARE = 0.6
_ADDRESSED = re.compile(
    r"\?|\b(?:I|we|you|your|yours|our|ours|my|me|us|je|nous|vous|notre|nos|votre|vos|yo|nosotros|nuestr[oa]s?|usted(?:es)?)\b"
)
# Dots that lead from a name to what stands beside it: a list, no speech.
_LEADERS = re.compile(r"\.(?:\s?\.){4}")
_LEADERS_CHARS = 200
_FEWEST_LISTED = 4
_COMMAS = re.compile("[,、،]")
_ENUMERATION = re.compile(r"^(?:[IVXLC]{2,}|\d+)[.)]\s")
_NUMBERED_LABEL = re.compile(r"\s\d+$")
_NUMBERED_PERSON = re.compile(
    r"^(?:speaker|participant|interviewer|interviewee|respondent|delegate|panell?ist|member|witness)\s\d+$", re.I
)
_ANSWER = any_of(word_list("answers"))
_ANSWERED = re.compile(rf"\W{{0,4}}(?:{_ANSWER})\W{{0,4}}", re.IGNORECASE)
_REPLIES = re.compile(rf"\b(?:{_ANSWER})\b", re.IGNORECASE)
_TITLED_ALONE = r"(?P<who>(?i:" + TITLES + r")\s[A-ZÀ-Þ][^\n:(),;]{1,60})"
_ASKS_ALONE = re.compile(rf"\*{{0,2}}\d{{1,4}}\.?\s{{1,3}}{_TITLED_ALONE}(?:\([^()\n]{{1,60}}\)\s?)?:")
_GIVES_ALONE = re.compile(rf"[^\n:()]{{0,120}}\({_TITLED_ALONE}\)\W{{0,2}}")
_GIVER_BLOCKS = 3
# What opens like a label but is none of the shapes above: "12) Norway:", "[00:12:30] Norway:", "Norway [translated]:".
_OTHER_LABEL = re.compile(
    r"\A[\W\d_]*+(?P<who>[^:：()\[\]（）]{2,110}+)(?:[(\[（][^()\[\]（）]{0,90}+[)\]）]{1,2}+\s?){0,2}+[^\w:：]{0,4}+[:：](?!//)"
)
# "The clerk read as follows": what comes is another's words.
_READ_OUT = re.compile(r"\sas\sfollows\Z", re.IGNORECASE)
_UNNAMED = re.compile(
    r"\A(?:(?:an?|the|another|one|unknown|unidentified|unnamed|youth|first|second|female|male)\s)*+"
    r"(?:speaker|delegate|participant|representative|interpreter|interpretation|voice|delegation)s?",
    re.IGNORECASE,
)
_SMALL = frozenset("of the for and on de la le du des der den und da do del y et e a an in at to against with".split())


def speakers_of(
    texts: Sequence[str], blocks: Sequence[Block], labels: Sequence[str | None]
) -> list[tuple[str | None, int]]:
    """(speaker, turn number) of each block: as the format states them, else by labels, else speakers it retells.

    `labels` are those in the record's own style, as `split_at_labels` gives them.
    """
    if any(block.speaker is not None for block in blocks):
        return _stated(blocks)
    labels = [known or own for known, own in zip(_turn_labels(texts, blocks), labels, strict=True)]
    opened = [text for text, label in zip(texts, labels, strict=True) if label is not None]
    if len(opened) >= 2 or any(_addresses_chair(text) for text in opened):
        return _turns(texts, blocks, _with_askers(texts, blocks, labels))
    return _retold(texts, blocks)


def _with_askers(texts: Sequence[str], blocks: Sequence[Block], labels: Sequence[str | None]) -> list[str | None]:
    """The labels, and who puts a written question, where they speak elsewhere: "Mr. Lind asked the Minister: (a)"."""
    names = any_of({label for label in labels if label})
    asks = re.compile(rf"\W{{0,4}}(?P<who>{names}){_ASKS_IN_WRITING}")
    asked = (
        asks.match(text) if label is None and block.kind in ("paragraph", "item") else None
        for text, block, label in zip(texts, blocks, labels, strict=True)
    )
    return [label or (match["who"] if match else None) for label, match in zip(labels, asked, strict=True)]


def _addresses_chair(text: str) -> bool:
    """Whether the words after a label begin by addressing who presides: "Mr. LIND. Mr. President, I rise"; of a record
    that is one speech."""
    found = speaker_label(text)
    return bool(found) and bool(_ADDRESS.fullmatch(plain(text[found[1] :][:_LABEL_CHARS]).partition(",")[0].strip()))


def _stated(blocks: Sequence[Block]) -> list[tuple[str | None, int]]:
    """Turns of a format that says who speaks: a turn lasts until another speaks, nobody does, or a heading comes."""
    found: list[tuple[str | None, int]] = []
    turn = 0
    for place, block in enumerate(blocks):
        before = blocks[place - 1] if place else None
        if before and (block.speaker != before.speaker or block.kind == "heading" or before.kind == "heading"):
            turn += 1
        found.append((block.speaker or None, turn))
    return found


def split_at_labels(text: str, blocks: Sequence[Block]) -> list[tuple[Block, str | None]]:
    """The blocks, cut where further speakers take the floor, each with its label in the record's own style, if any."""
    texts = [text[block.start : block.end] for block in blocks]
    if owners := _delegations(texts, blocks) or _asked_and_answered(texts, blocks):
        return [(replace(block, speaker=owner), None) for block, owner in zip(blocks, owners, strict=True)]
    known = _turn_labels(texts, blocks)
    labels: dict[int, list[Label]] = defaultdict(list)
    for label in _induced(texts, blocks, known):
        labels[label.block].append(label)
    if not labels and not _has_labels(blocks, known):
        return [(block, None) for block in split_at_retold(texts, blocks)]
    return [
        part
        for index, (block, words, below) in enumerate(zip(blocks, texts, [*texts[1:], ""], strict=True))
        for part in _parts(block, words, labels[index], below)
    ]


def _delegations(texts: Sequence[str], blocks: Sequence[Block]) -> list[str]:
    """Whose each block is in a record that puts each delegation as a heading over its questions; else nothing.

    Reports have chapters by country too, but what stands in these hardly asks anything.
    """
    headings = [index for index, block in enumerate(blocks) if block.kind == "heading"]
    owners = {index: name for index in headings if state_of(name := plain(texts[index]).strip(" :.*"))}
    asking = sum(
        any("?" in text for text in texts[index + 1 : stop])
        for index, stop in pairwise([*headings, len(texts)])
        if index in owners
    )
    if len(set(owners.values())) < _FEWEST_STATES or min(len(owners), asking) <= len(headings) * _DELEGATIONS_SHARE:
        return []
    found, owner = list[str](), ""
    for index, block in enumerate(blocks):
        owner = owners.get(index, "") if block.kind == "heading" else owner
        found.append("" if block.kind == "heading" else owner)
    return found


def _asked_and_answered(texts: Sequence[str], blocks: Sequence[Block]) -> list[str]:
    """Whose each block is where a question and its answer stand below their givers' names; else nothing.

    "12. MS. LIND:" stands over the question, "ANSWER" and "MINISTER OF LAMPS (MR. OKAFOR)" over what is answered.
    """
    answers = [index for index, text in enumerate(texts) if _ANSWERED.fullmatch(text.strip())]
    if not answers or any(block.speaker is not None for block in blocks):
        return []
    asker = next((index for index in range(answers[0] - 1, -1, -1) if _ASKS_ALONE.fullmatch(texts[index].strip())), -1)
    giver = next(
        (index for index in range(answers[0] + 1, len(texts)) if _GIVES_ALONE.fullmatch(texts[index].strip())), -1
    )
    if asker < 0 or not 0 < giver - answers[0] <= _GIVER_BLOCKS:
        return []
    names = {asker: _ASKS_ALONE, giver: _GIVES_ALONE}
    found, owner = list[str](), ""
    for index, (text, block) in enumerate(zip(texts, blocks, strict=True)):
        if shape := names.get(index):
            match = shape.fullmatch(text.strip())
            owner = match["who"] if match else ""
        elif block.kind == "heading" and not _REPLIES.search(text):
            owner = ""
        found.append(owner)
    return found


def _has_labels(blocks: Sequence[Block], known: Sequence[str | None]) -> bool:
    """Whether the format says who speaks, or labels of known shapes do."""
    stated = any(block.speaker is not None for block in blocks)
    return stated or sum(label is not None for label in known) >= _FEWEST_KNOWN


def _induced(texts: Sequence[str], blocks: Sequence[Block], known: Sequence[str | None]) -> list[Label]:
    """Labels in the record's own style, where they show far more turns than labels of known shapes do; else those in
    mid paragraph of who has the floor again and again."""
    found = induced_labels(texts, blocks)
    counts = Counter(label for label in known if label)
    if counts.total() < _FEWEST_KNOWN or len(found) > _FAR_MORE * counts.total():
        return found
    return labels_within(texts, blocks, frozenset(name for name, count in counts.items() if count > 1))


def _parts(block: Block, words: str, labels: Sequence[Label], below: str) -> Iterator[tuple[Block, str | None]]:
    """A block from each label in it to the next; what stands before the first, if it is more than marks, is a part."""
    opens = bool(labels) and bool(_MARKS.fullmatch(words, 0, labels[0].start))
    openings: list[Label | None] = [*([] if opens else [None]), *labels]
    starts = [0, *(label.start for label in (labels[1:] if opens else labels))]
    for number, (label, (start, stop)) in enumerate(zip(openings, pairwise([*starts, len(words)]), strict=True)):
        end = start + len(words[start:stop].rstrip())
        part = replace(block, start=block.start + start, end=block.start + end)
        name = label.label if label and _takes_floor(label, plain(words[label.said : stop]), plain(below)) else None
        yield (part if not number else replace(part, kind="paragraph", level=0, number=None)), name


def _takes_floor(label: Label, said: str, below: str) -> bool:
    """Whether a label is somebody's who speaks: not unnamed, nor the addressee of a letter or an officer in a list."""
    return not (
        _UNNAMED.fullmatch(label.label)
        or (_ADDRESS.fullmatch(label.label) and not said)
        or (_is_officer(label.label) and _is_names(said or below))
        or _is_list(said)
    )


def speaker_label(text: str) -> tuple[str, int] | None:
    """What may be a speaker's label at the head of a paragraph, and where what is said begins."""
    return _label_at_head(text[:_LABEL_CHARS])


@lru_cache(maxsize=4096)
def _label_at_head(head: str) -> tuple[str, int] | None:
    shapes = (_RECORD_LABEL, _BRACKET_LABEL)
    for pattern in (_COLON_LABEL, *shapes) if ":" in head or "：" in head else shapes:
        if not (match := pattern.match(head)):
            continue
        above, _, below = match["label"].partition("\n")
        label = " ".join(plain(match["label"]).split())
        if _could_speak(label) and (not below or is_broken_label(above, f"{below}:")):
            return label, match.end()
    return None


def begins_turn(line: str) -> bool:
    """Whether a line opens with the label of a country, or of a person with a title or an office."""
    found = speaker_label(line)
    return bool(found) and _names_somebody(found[0])


def is_label_of_two_lines(above: str, below: str) -> bool:
    """Whether the label of somebody who holds an office goes over two lines: "The Minister for Planning", "and Trade
    (Mr. Lind): Yes"."""
    if ":" not in below[:_LABEL_CHARS] or not _OFFICE_BEGINS.match(above) or _OFFICE_BEGINS.match(below):
        return False
    found = speaker_label(f"{above} {below}")
    return bool(found) and found[1] > len(above) and names_holder(found[0])


def _could_speak(label: str) -> bool:
    if state_of(label) and is_capital(label.removeprefix("the ")[0]):
        return True
    label = without_states(label)
    words = re.findall(r"[^\W\d_][\w’'.-]*", label)
    longest = _LONGEST_LABEL_WORDS
    if names_holder(label):  # of offices that are named after a plan: "Minister for Vision 2030 (Mr. Lind)"
        longest, label = _LONGEST_HELD_OFFICE_WORDS, _YEAR.sub("", label)
    if _ENUMERATION.match(label) or (_NUMBERED_LABEL.search(label) and not _NUMBERED_PERSON.match(label)):
        return False
    if not words or len(words) > longest or not is_capital(label[0]) or _NO_LABEL.search(without_title_point(label)):
        return False
    content = [word for word in words if word.casefold() not in _SMALL]
    if not content or content[0].casefold() in _NOT_SPEAKERS:
        return False
    if words[-1].casefold() in _SMALL and not _is_qualified(label):
        return False
    return _is_half_proper(content) or _is_all_proper(without_asides(label))


def _is_half_proper(words: Sequence[str]) -> bool:
    return sum(is_capital(word[0]) for word in words) / len(words) >= 0.5


def _is_qualified(label: str) -> bool:
    """Whether a label's last word is open because a qualifier of the name stands last: "Verrano (Free State of)"."""
    name, _, qualifier = label.rpartition("(")
    return label.endswith(")") and qualifier[:1].isupper() and _is_all_proper(name)


def _is_all_proper(label: str) -> bool:
    words = [word for word in re.findall(r"[^\W\d_][\w’'.-]*", label) if word.casefold() not in _SMALL]
    return bool(words) and all(is_capital(word[0]) for word in words)


def _turn_labels(texts: Sequence[str], blocks: Sequence[Block]) -> list[str | None]:
    """The label of each block that opens a turn.

    Certain are countries, people with a title or an office, and "person, organisation" forms. In a record that
    plainly consists of turns, labels that recur and any others of the right shape count too. So do those of a dialogue.
    """
    candidates = _labels(texts, blocks)
    counts = Counter(label for label in candidates if label)
    certain = {label for label in counts if _names_somebody(label)}
    turns = sum(counts[label] for label in counts if counts[label] > 1 or label in certain)
    prose = sum(block.kind == "paragraph" for block in blocks)
    if turns >= 3 and turns >= prose / 8:
        certain |= {label for label in counts if counts[label] > 1 or _is_proper(label)}
    certain |= _dialogue(texts, candidates) | _names_without_case(counts)
    return [label if label in certain else None for label in candidates]


def _names_without_case(counts: Counter[str]) -> set[str]:
    """The labels that are names in a script without capitals, in a record where several are."""
    names = {label for label in counts if has_no_case(label) and is_name_without_case(label)}
    return names if sum(counts[name] for name in names) >= _FEWEST_STATES else set()


def _labels(texts: Sequence[str], blocks: Sequence[Block]) -> list[str | None]:
    """What may be labels, without the addressees of letters and speeches, and without lists of officers."""
    found = [
        speaker_label(text) if block.kind in ("paragraph", "heading") else None
        for text, block in zip(texts, blocks, strict=True)
    ]
    said = [plain(text[label[1] :]) if label else "" for text, label in zip(texts, found, strict=True)]
    speaking = {label[0] for label, words in zip(found, said, strict=True) if label and words}
    return [
        label[0]
        if label
        and not is_entry(label[0])
        and not (_ADDRESS.fullmatch(label[0]) and label[0] not in speaking)
        and not (_is_officer(label[0]) and _is_names(words or (plain(following) if following else "")))
        and not _is_list(words)
        else None
        for label, words, following in zip(found, said, [*texts[1:], None], strict=True)
    ]


def _dialogue(texts: Sequence[str], candidates: Sequence[str | None]) -> set[str]:
    """The labels of paragraphs in which some take turns: short names, one at least coming back after another.

    Lists of fields, glossaries and notes look like it: what stands after their labels is no sentence, nothing there
    asks or addresses anybody, and their labels are each there once, or again and again in one order.
    """
    places = [place for place, label in enumerate(candidates) if label and _is_short_name(label)]
    order = [str(candidates[place]) for place in places]
    if len(places) < _MIN_TURNS or not _take_turns(order) or len(places) < (places[-1] - places[0] + 1) / 2:
        return set()
    said = [_COLONS.split(plain(texts[place]), maxsplit=1)[-1].strip() for place in places]
    sentences = sum(_is_long(words) and words[-1] in '.!?…”"’)。！？؟' for words in said)
    spoken = sum(bool(_ADDRESSED.search(words)) for words in said)
    return set(order) if sentences > len(said) * 0.7 and spoken >= len(said) * _SPOKEN_SHARE else set()


def _is_long(words: str) -> bool:
    return len(words.split()) >= _FEWEST_SAID_WORDS or (has_no_case(words) and len(words) >= _FEWEST_SAID_LETTERS)


def _is_short_name(label: str) -> bool:
    content = [word for word in re.findall(r"[^\W\d_][\w’'.-]*", label) if word.casefold() not in _SMALL]
    is_field = len(content) == 1 and content[0].casefold() in _FIELDS
    return _is_proper(label) and len(label.split()) <= _LONGEST_NAME_WORDS and not is_field


def _take_turns(order: Sequence[str]) -> bool:
    """Whether somebody comes back after another has spoken, and hardly anybody follows themselves."""
    back = any(
        order[place] in order[: place - 1] and order[place] != order[place - 1] for place in range(2, len(order))
    )
    again = sum(one == other for one, other in pairwise(order))
    return back and again <= len(order) / 4


def _is_officer(label: str) -> bool:
    """Whether a label is an office alone, as lists of officers have them."""
    return bool(_OFFICERS.fullmatch(label) or (not _LATIN.match(label) and _OTHER_OFFICERS.fullmatch(label)))


def _is_names(words: str) -> bool:
    """Whether a text is names and countries only, no sentence."""
    content = [word for word in re.findall(r"[^\W\d_][\w’'.-]*", words) if word.casefold() not in _SMALL]
    is_sentence = re.search(r"[!?。！？؟，]|(?<![^\W\d_])[^\W\d_]{3,}+\.$", words)
    if has_no_case(words):
        return not is_sentence and not words.endswith(".") and _is_names_without_case(words)
    first, comma, rest = words.partition(", ")
    if not is_sentence and not _LATIN.match(words) and is_person(first) and (not comma or rest[:1].islower()):
        return True  # "Лунин А. Б., глава округа", "г-н Лунин"
    return bool(content) and not is_sentence and all(is_capital(word[0]) for word in content)


def _is_names_without_case(words: str) -> bool:
    """Whether a text in a script without capitals is of persons only, or too short for more where names are too."""
    parts = [part for part in _COMMAS.split(words) if part.strip()]
    is_short = " " in words.strip() and len(words.split()) <= _LONGEST_NAME_WORDS
    return is_short or all(is_person(part) or is_name_without_case(part) for part in parts)


def _is_list(said: str) -> bool:
    """Whether what stands after a label is who came, or what dots lead to, and nothing that anybody says."""
    is_listed = len(_COMMAS.findall(said)) >= _FEWEST_LISTED - 1
    return bool(_LEADERS.search(said[:_LEADERS_CHARS])) or (is_listed and _is_names(said))


def _names_somebody(label: str) -> bool:
    if not _LATIN.match(label) and is_person(label):
        return True
    return bool(_TITLED.match(label) or " – " in label or names_holder(label) or states_of_label(label))


def _is_proper(label: str) -> bool:
    words = [word for word in re.findall(r"[^\W\d_][\w’'.-]*", label) if word.casefold() not in _SMALL]
    if has_no_case(label):
        return is_name_without_case(label) or is_person(label)
    return sum(word[0].isupper() for word in words) / len(words) >= 0.6


def _turns(texts: Sequence[str], blocks: Sequence[Block], labels: Sequence[str | None]) -> list[tuple[str | None, int]]:
    """A turn lasts until the next label or heading; what may be another's is nobody's."""
    found: list[tuple[str | None, int]] = []
    speaker, turn = None, 0
    for text, block, label in zip(texts, blocks, labels, strict=True):
        if label and not _READ_OUT.search(label):
            speaker, turn = label, turn + 1
        elif label or _ends_turn(text, block) or is_recorded(text[:_OPENING_CHARS]) or _may_be_others(text):
            speaker, turn = None, turn + 1
        found.append((speaker, turn))
    return found


def _may_be_others(text: str) -> bool:
    """Whether a paragraph opens with an omission mark, or with somebody before a colon in no known shape of label."""
    if re.match(r"\A\s*(?:\[…\]|\[\.\.\.\])", text):
        return True
    if not (match := _OTHER_LABEL.match(text[:_OPENING_CHARS])):
        return False
    who = plain(match["who"]).strip(" *_\t\n")
    return bool(_UNNAMED.fullmatch(who)) or (bool(who) and _could_speak(who) and _names_somebody(who))


def _ends_turn(text: str, block: Block) -> bool:
    """Whether a block is a heading, or page furniture other than a page's number."""
    return block.kind == "heading" or (block.kind == "furniture" and len(re.findall(r"[^\W\d]+", text)) > 2)


_REPORTS = rf"(?:{saying('record')}|speaking)"
_NAME = r"(?:[A-ZÀ-Þ][\w’'.-]*|de|da|von|van|al|bin|el|la|di)"
_FULL_NAME = rf"[A-ZÀ-Þ][\w’'-]+(?:\s+{_NAME}){{1,4}}"
_TITLED_NAME = r"(?:Mr|Ms|Mrs|Dr|Prof|Sir|Dame|Ambassador|Miss)\.?\s+[A-ZÀ-Þ][\w’'-]+(?:\s+[A-ZÀ-Þ][\w’'-]+){0,3}"
_LISTED = re.compile(rf"^\s*+[-*•–—]?\s*+(?:[A-Z][a-z]+:\s*+)?({_FULL_NAME}),\s")
_THE_OFFICE = (
    r"The\s+(?:(?:Acting|Deputy|Vice)[ -])*(?:Chair(?:person|man|woman)?|President|Speaker|Rapporteur|Facilitator|"
    r"Moderator|Co-Chairs?)"
)
# Of the same who began: "The Speaker resumed the Chair, and the Chairperson reported" retells no words of the Speaker.
_GOES_ON_TO_REPORT = (
    r"(?:(?!,\sand\s(?:the|Mr|Ms|Mrs)\b)[^.:;]){0,160}?"
    rf"(?<!\bis )(?<!\bwas )(?<!\bwere )(?<!\bbeen )(?<!\bbe )\b{_REPORTS}\b"
)
_REPORTED = re.compile(
    rf"^\s*(?:\d{{1,3}}\.\s+)?(?P<who>(?:{_TITLED_NAME}|{_THE_OFFICE})(?:\s*\([^()]{{2,80}}(?:\([^()]{{2,60}}\))?\))?)"
    rf"{_GOES_ON_TO_REPORT}"
)
_FOR_A_STATE = re.compile(
    r"^\s*(?:\d{1,3}\.\s+)?(?P<who>The\s+(?:representative|delegate|delegation|observer|ambassador)\s+(?:of|for)\s+)"
)
_REPORTING = re.compile(_GOES_ON_TO_REPORT)
_FEWEST_STATES = 3
_NUMBERED = re.compile(r"\A\s*(?:\d{1,3}\.\s+)?")
_STATE_REPORTS = re.compile(
    rf"(?:,?\s(?:also\s)?(?:speaking\s)?(?:for|on behalf of)\s[^,.;]{{2,90}},?)?\s(?:also\s)?{_REPORTS}\b"
)
_PRONOUN = re.compile(r"^\s*(?:\d{1,3}\.\s+)?(?:He|She|They)\s")


def _retold(texts: Sequence[str], blocks: Sequence[Block]) -> list[tuple[str | None, int]]:
    """Speakers whose words a report retells: "Ms. Lind (Verrano) said that ...".

    Where the record lists its speakers by name, a listed speaker's part begins at the first paragraph that names
    them up front and lasts until the next one's. Elsewhere a paragraph belongs to the titled name that opens it,
    and so do the next ones that open with a pronoun.
    """
    states = _states_retold(texts, blocks)
    listed = [] if any(states) else _listed_names(texts, blocks)
    if len(listed) >= 2:
        return _retold_by_list(texts, blocks, listed)
    found: list[tuple[str | None, int]] = []
    speaker, turn = None, 0
    for text, block, state in zip(texts, blocks, states, strict=True):
        reported = state or (_reported(plain(text)) if block.kind in ("paragraph", "item") else None)
        if reported:
            speaker, turn = reported, turn + 1
        elif speaker and not _PRONOUN.match(text):
            speaker, turn = None, turn + 1
        found.append((speaker, turn))
    return found


def _states_retold(texts: Sequence[str], blocks: Sequence[Block]) -> list[str | None]:
    """The state whose words each paragraph retells; none where the record does not do so again and again."""
    opening = [
        _state_opening(plain(text)) if block.kind in ("paragraph", "item") else None
        for text, block in zip(texts, blocks, strict=True)
    ]
    reporting = sum(found is not None and found[1] for found in opening)
    is_usual = reporting >= _FEWEST_STATES and reporting >= sum(found is not None for found in opening) / 2
    return [found[0] if found and is_usual else None for found in opening]


def _state_opening(text: str) -> tuple[str, bool] | None:
    """The state that a paragraph begins with, and whether it is said to speak: "13. Verrano, for all, welcomed"."""
    number = _NUMBERED.match(text)
    start = number.end() if number else 0
    end = state_at(text, start)
    name = text[start:end].rstrip(",")
    return (name, bool(_STATE_REPORTS.match(text, end))) if end and (name[-1].isalnum() or name[-1] == ")") else None


def _reported(text: str) -> str | None:
    """The speaker whose words a paragraph retells: a titled name, an office, or who speaks for a state."""
    if match := _REPORTED.match(text):
        return match["who"]
    opening = _FOR_A_STATE.match(text)
    if not opening or not (end := state_at(text, opening.end())):
        return None
    name = text[opening.end() : end].rstrip(",;:.")
    return opening["who"] + name if _REPORTING.match(text, opening.end() + len(name)) else None


def _listed_names(texts: Sequence[str], blocks: Sequence[Block]) -> list[str]:
    """Names that head the items of a list ("- Ana Ruiz, Chair of ..."), as in a panel's announcement."""
    return [
        match[1]
        for text, block in zip(texts, blocks, strict=True)
        if block.kind == "item" and (match := _LISTED.match(plain(text)))
    ]


_LAST_WORD = re.compile(r"\w+")


def _retold_by_list(
    texts: Sequence[str], blocks: Sequence[Block], listed: Sequence[str]
) -> list[tuple[str | None, int]]:
    found: list[tuple[str | None, int]] = []
    introduced: dict[str, str] = {}
    patterns = [(name, *_patterns_of(name)) for name in dict.fromkeys(listed)]
    by_word: dict[str, list[int]] = defaultdict(list)
    for place, (_, last, _, _) in enumerate(patterns):
        for word in _LAST_WORD.findall(last)[-1:]:
            by_word[word].append(place)
    speaker, turn = None, 0
    for text, block in zip(texts, blocks, strict=True):
        if block.kind in ("heading", "furniture"):
            found.append((None, turn))
            continue
        opener = plain(text)[:240]
        words = set(_LAST_WORD.findall(opener)) if block.kind == "paragraph" else ()
        for place in sorted(place for word in words for place in by_word.get(word, ())):
            name, _, as_full, as_titled = patterns[place]
            full = as_full.search(opener)
            if (full and name not in introduced) or as_titled.search(opener):
                printed = introduced.setdefault(name, full[0] if full else name)
                if printed != speaker:
                    speaker, turn = printed, turn + 1
                break
        found.append((speaker, turn))
    return found


def _patterns_of(name: str) -> tuple[str, re.Pattern[str], re.Pattern[str]]:
    """The last name, how the whole name may stand in a text, and how the last one with a title reports."""
    last = re.split(r"[\s-]", name)[-1]
    first, family = re.escape(name.split()[0]), re.escape(name.split()[-1])
    full = re.compile(rf"\b(?:{re.escape(name)}|{first}\s+(?:\S+\s+)?{family})")
    titled = re.compile(rf"\b(?:Mr|Ms|Mrs|Dr)\.?\s+(?:\S+-)?{re.escape(last)}\b.{{0,60}}\b{_REPORTS}\b")
    return last, full, titled
