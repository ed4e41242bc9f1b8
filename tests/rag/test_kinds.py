"""Which kind of answer a question wants, by its words, in the languages of the records."""

import pytest

from onrecord.rag.query import kinds

OVERVIEWS = (
    "What did the board discuss?",
    "What topics did the Harbour Council of Osk deal with at its third meeting?",
    "What did the committee do on 3 May 2021?",
    "De quoi a-t-on discuté ?",
    "¿Qué se discutió?",
    "会议讨论了什么？",
    "What is the Osterwick meeting about?",
    "What's this about?",
    "What does the report talk about?",
    "What is HB/2031/9?",
    "Summarise the minutes of May.",
    "Give me the gist of the debate.",
    "What happened at the last session?",
    "Key takeaways?",
    "Résumez le compte rendu.",
    "De quoi traite ce rapport ?",
    "¿De qué trata el informe?",
    "Resume el acta.",
    "Worum geht es im Protokoll?",
    "О чём этот документ?",
    "عن ماذا تتحدث الوثيقة؟",
    "这份文件讲了什么？",
)
NO_OVERVIEWS = (
    "What did the board hear about the lamps?",
    "What did the committee do in the field of housing?",
    "What did Ms. Lind discuss?",
    "What are the residents worried about?",
    "What was the clerk complaining about?",
    "When did the talks resume?",
    "Who asked for a summary of the costs?",
    "Did the mayor promise an overview of the works?",
    "What did Norway say about the herring quota?",
    "How much does the ferry cost?",
)
DECISIONS = (
    "What did the Council decide on the ferry?",
    "Was the motion carried?",
    "Qu'est-ce que la commission a décidé ?",
    "¿Se aprobó la moción?",
    "Was hat der Rat beschlossen?",
    "Что решил комитет?",
    "委员会决定了什么？",
    "¿Qué acordó el Pleno?",
    "Что постановила дума?",
    "ماذا أقر المجلس؟",
    "理事会批准了什么？",
)
VOTES = (
    "Who voted against the ferry?",
    "How many abstained?",
    "Qui s'est abstenu lors du scrutin ?",
    "¿Quién votó en contra?",
    "Wer stimmte dagegen?",
    "Кто голосовал против?",
    "谁投了反对票？",
    "Как проголосовали депутаты?",
    "Каковы итоги голосования?",
    "من هم المعارضون؟",
)
REASONS = (
    "Why was it put off?",
    "Pourquoi la motion a-t-elle été rejetée ?",
    "¿Por qué se aplazó?",
    "Warum?",
    "Почему?",
    "为什么？",
)
RECORDS = (
    "List all documents.",
    "How many records do you have?",
    "Which documents mention the ferry?",
    "Which of the records deal with pilotage?",
    "What transcripts do we have on fishing?",
    "Which documents are not in English?",
    "Which records are in French?",
    "Quels documents avez-vous ?",
    "Quels documents mentionnent le pilotage ?",
    "¿Qué documentos mencionan el puerto?",
    "Welche Dokumente gibt es?",
    "Какие документы упоминают порт?",
    "有哪些文件？",
)
NO_RECORDS = (
    "What do the minutes mention about parking?",
    "Which countries mention the document?",
    "What do the documents you have say about fees?",
    "What do we have to pay according to the document?",
    "Which resolutions are in force?",
    "Which documents are in Geneva?",
    "¿Qué plazo tiene el documento?",
    "Where is the file kept?",
)
SPEAKERS = ("Who spoke?", "List the speakers of the debate.", "Qui a pris la parole ?", "¿Quién habló?", "谁发言？")
COURTESIES = (
    ("Hello!", "greeting"),
    ("Guten Morgen", "greeting"),
    ("你好！", "greeting"),
    ("¡Hola!", "greeting"),
    ("Thanks.", "thanks"),
    ("merci beaucoup", "thanks"),
    ("Спасибо!", "thanks"),
    ("What can you do?", "help"),
    ("¿Qué puedes hacer?", "help"),
    ("help", "help"),
    ("Hello, what did Norway say?", None),
    ("Who said thank you?", None),
    ("What can you do about night noise?", None),
    ("Helpers", None),
)


@pytest.mark.parametrize("question", OVERVIEWS)
def test_what_asks_for_an_overview(question: str) -> None:
    assert kinds.wants_overview(question)


@pytest.mark.parametrize("question", NO_OVERVIEWS)
def test_what_asks_for_one_thing_asks_for_no_overview(question: str) -> None:
    assert not kinds.wants_overview(question)


@pytest.mark.parametrize("question", [*DECISIONS, *VOTES])
def test_what_asks_for_a_decision(question: str) -> None:
    assert kinds.wants_decision(question)
    assert kinds.wants_vote(question) == (question in VOTES)


def test_what_asks_for_a_task() -> None:
    assert kinds.wants_action("What is Novak to do by when?")
    assert kinds.wants_action("Quelle est l'échéance ?") and kinds.wants_action("¿Quién es el responsable?")
    assert not kinds.wants_action("What did Novak say?")


@pytest.mark.parametrize("question", REASONS)
def test_what_asks_why(question: str) -> None:
    assert kinds.wants_reason(question)
    assert not kinds.wants_reason("When was it put off?")


@pytest.mark.parametrize("question", RECORDS)
def test_what_asks_for_records(question: str) -> None:
    assert kinds.wants_records(question)


@pytest.mark.parametrize("question", NO_RECORDS)
def test_what_records_say_or_tell_is_no_question_for_records(question: str) -> None:
    assert not kinds.wants_records(question)


@pytest.mark.parametrize("question", SPEAKERS)
def test_what_asks_who_spoke(question: str) -> None:
    assert kinds.wants_speakers(question)
    assert not kinds.wants_speakers("Who is the speaker's deputy?")


@pytest.mark.parametrize(("said", "kind"), COURTESIES)
def test_a_courtesy_is_all_that_is_said(said: str, kind: str | None) -> None:
    assert kinds.courtesy(said) == kind


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("Which documents are in French?", ("fr", False)),
        ("Which documents are not in English?", ("en", True)),
        ("Which records aren't written in Spanish?", ("es", True)),
        ("Which documents in Russian mention fishing?", ("ru", False)),
        ("Which documents are in Geneva?", None),
    ],
)
def test_the_language_that_records_are_asked_for_in(question: str, asked: tuple[str, bool] | None) -> None:
    found = kinds.language_asked(question)
    assert (found and (found.code, found.negative)) == asked


def test_words_of_asking_say_nothing_of_the_subject() -> None:
    assert {"which", "decided", "pourquoi"} <= kinds.asking_words()
    assert "ferry" not in kinds.asking_words()
