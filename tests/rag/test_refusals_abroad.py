"""What records in Arabic, Chinese, French, Russian and Spanish do not say is refused there as it is in English."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from onrecord.rag import Library, open_library
from onrecord.rag.query.parse import parse_query
from onrecord.rag.query.question import content_words

RECORDS = {
    "zh": """港口委员会报告

1. 委员会批准了四百二十万克朗的疏浚预算，用于外航道。

2. 大会要求秘书长在明年春天之前提交一份关于渡轮安全的报告。

3. 委员会关切地注意到外航道发生了十四起碰撞事故。
""",
    "ar": """تقرير لجنة الميناء

1. وافقت اللجنة على ميزانية للتجريف قدرها أربعة ملايين كرونة للقناة الخارجية.

2. تطلب الجمعية العامة إلى الأمين العام أن يقدم تقريرا عن سلامة العبارات قبل الربيع المقبل.

3. لاحظت اللجنة بقلق وقوع أربعة عشر حادث تصادم في القناة الخارجية.
""",
    "ru": """Доклад портового комитета

1. Комитет утвердил бюджет на дноуглубительные работы во внешнем канале в размере четырех миллионов крон.

2. Ассамблея просит Генерального секретаря представить до весны доклад о безопасности паромов.

3. Комитет с обеспокоенностью отметил четырнадцать столкновений во внешнем канале.
""",
    "es": """Informe del comité del puerto

1. El comité aprobó un presupuesto de dragado de cuatro millones de coronas para el canal exterior.

2. La Asamblea pide al Secretario General que presente un informe sobre la seguridad de los transbordadores.

3. El comité observó con preocupación que hubo catorce colisiones en el canal exterior.
""",
    "fr": """Rapport du comité du port

1. Le comité a approuvé un budget de dragage de quatre millions de couronnes pour le chenal extérieur.

2. L'Assemblée prie le Secrétaire général de présenter un rapport sur la sécurité des bacs.

3. Le comité a noté avec inquiétude quatorze collisions dans le chenal extérieur.
""",
}
ANSWERED = {
    "zh": "大会关于渡轮安全说了什么？",
    "ar": "ماذا قالت الجمعية العامة عن سلامة العبارات؟",
    "ru": "Что сказала Ассамблея о безопасности паромов?",
    "es": "¿Qué dijo la Asamblea sobre la seguridad de los transbordadores?",
    "fr": "Qu'a dit l'Assemblée au sujet de la sécurité des bacs ?",
}
ON_ANOTHER_SUBJECT = {
    "zh": "大会关于鲸鱼说了什么？",
    "ar": "ماذا قالت الجمعية العامة عن الحيتان؟",
    "ru": "Что сказала Ассамблея о китах?",
    "es": "¿Qué dijo la Asamblea sobre las ballenas?",
    "fr": "Qu'a dit l'Assemblée au sujet des baleines ?",
}
OF_A_RECORD_THAT_IS_NOT_THERE = {
    "zh": ("第75/63号决议的表决结果如何？", "总结第77/41号决议。"),
    "ar": ("ما نتيجة التصويت على القرار 75/63؟", "ما أهم نقاط القرار 77/41؟"),
    "ru": ("Каковы результаты голосования по резолюции 75/63?", "Каковы основные положения резолюции 77/41?"),
    "es": ("¿Cuál fue el resultado de la votación de la resolución 75/63?", "Resumen de la resolución 77/41"),
    "fr": ("Quel a été le résultat du vote sur la résolution 75/63 ?", "Résumé de la résolution 77/41"),
}


@pytest.fixture(scope="module", params=RECORDS)
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Library]]:
    folder: Path = tmp_path_factory.mktemp(request.param)
    (folder / "record.txt").write_text(RECORDS[request.param], encoding="utf-8")
    with open_library(folder / "library") as library:
        library.ingest([folder / "record.txt"])
        yield request.param, library


def test_what_is_said_is_quoted(told: tuple[str, Library]) -> None:
    language, library = told
    answer = library.ask(ANSWERED[language])
    assert answer.answered and answer.citations[0].locator.paragraph == "2"


def test_another_subject_is_refused(told: tuple[str, Library]) -> None:
    language, library = told
    answer = library.ask(ON_ANOTHER_SUBJECT[language])
    assert not answer.answered, answer.text


def test_a_record_that_is_not_there_is_named_in_the_refusal(told: tuple[str, Library]) -> None:
    language, library = told
    for question, symbol in zip(OF_A_RECORD_THAT_IS_NOT_THERE[language], ("75/63", "77/41"), strict=True):
        answer = library.ask(question)
        assert answer.refusal and answer.refusal.params == {"name": symbol}, (question, answer.text)


def test_the_words_a_question_is_asked_with_are_not_its_subject(told: tuple[str, Library]) -> None:
    language, library = told
    asked, other = ANSWERED[language], ON_ANOTHER_SUBJECT[language]
    shared = set(content_words(library.store, asked, language)) & set(content_words(library.store, other, language))
    subjects = [set(parse_query(library.store, question).topic_words) for question in (asked, other)]
    assert subjects[0] and subjects[1] and subjects[0].isdisjoint(subjects[1])
    assert len(shared) <= 2  # those that name the Assembly


def test_the_item_of_a_vote_names_its_subject(tmp_path: Path) -> None:
    (tmp_path / "protokol.txt").write_text(
        "Протокол заседания портового комитета\n\n1. О внесении изменений в бюджет порта\n\n"
        "Г-жа Линд: Лампы на северном причале горят плохо, масла не хватает до весны.\n\n"
        "Голосовали: за — 12, против — 3, воздержались — 1.\n\n2. О ремонте крыши склада\n\n"
        "Г-н Маяков: Крыша протекает с осени.\n",
        encoding="utf-8",
    )
    with open_library(tmp_path / "library") as library:
        library.ingest([tmp_path / "protokol.txt"])
        answer = library.ask("Как проголосовали по изменениям в бюджет?")
    assert answer.answered and "12" in answer.text, answer.text
