"""Citations judged by entailment, as ALCE does: does what is cited say what the sentence says?

The judge is given from outside: a function of premise and hypothesis. `cross_encoder` makes one of any NLI model that
sentence-transformers can load.
Source: ALCE (Gao et al. 2023, arXiv:2305.14627), section 3.
"""

from collections.abc import Callable, Mapping

from ...rag.answer import Answer, Sentence
from ...vectorstore.errors import ModelError
from ...vectorstore.markup import plain
from ..case import Case
from .ratio import Ratio

Entails = Callable[[str, str], bool]


def alce(case: Case, answer: Answer | None, entails: Entails) -> dict[str, Ratio | None]:
    """`alce_recall` and `alce_precision` of an answer.

    Recall: the share of sentences that all their citations together entail; a sentence without citations counts as
    not entailed. Precision: the share of citations that are needed, that is, which entail their sentence alone, or
    without which the others no longer do; of a sentence that is not entailed none is.
    Looks at answers to answerable questions; sentences and citations are pooled. A refusal has no sentences.
    """
    if not case.answerable:
        return {"alce_recall": None, "alce_precision": None}
    if answer is None or not answer.answered:
        return {"alce_recall": Ratio(numerator=0, denominator=1), "alce_precision": Ratio(numerator=0, denominator=0)}
    quotes = {citation.number: plain(citation.quote) for citation in answer.citations}
    entailed = needed = cited = 0
    for sentence in answer.sentences:
        given = [quotes[number] for number in sentence.citations]
        cited += len(given)
        if given and entails(" ".join(given), plain(sentence.text)):
            entailed += 1
            needed += _needed(sentence, quotes, entails)
    return {
        "alce_recall": Ratio(numerator=entailed, denominator=len(answer.sentences)),
        "alce_precision": Ratio(numerator=needed, denominator=cited),
    }


def _needed(sentence: Sentence, quotes: Mapping[int, str], entails: Entails) -> int:
    """How many of the citations of an entailed sentence it needs."""
    said = plain(sentence.text)
    count = 0
    for number in sentence.citations:
        others = [quotes[other] for other in sentence.citations if other != number]
        count += entails(quotes[number], said) or not others or not entails(" ".join(others), said)
    return count


def cross_encoder(model: str) -> Entails:
    """A judge of entailment from an NLI cross-encoder, by name or path. Raises ModelError."""
    try:
        from sentence_transformers import CrossEncoder

        encoder = CrossEncoder(model)
    except Exception as error:  # missing files, no network, another kind of model: each raises its own
        raise ModelError(f"The NLI model {model} cannot be loaded: {str(error).splitlines()[0][:200]}") from error
    names: Mapping[int, object] = getattr(encoder.config, "id2label", None) or {}
    labels = {number: str(name).casefold() for number, name in names.items()}
    wanted = next((number for number, name in labels.items() if name.startswith("entail")), None)
    if wanted is None:
        raise ModelError(f"The model {model} does not predict entailment (its labels: {', '.join(labels.values())})")

    def entails(premise: str, hypothesis: str) -> bool:
        scores = encoder.predict([(premise, hypothesis)])  # pyright: ignore[reportUnknownMemberType]
        return int(scores[0].argmax()) == wanted

    entails.name = model  # pyright: ignore[reportFunctionMemberAccess]
    return entails
