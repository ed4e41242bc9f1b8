"""Which sentences tell what became of a matter, in the languages of `deciding.tsv`."""

import pytest

from onrecord.ingest.structure.deciding import deciding


def told(sentence: str, *, spoken: bool = False) -> str:
    """Kind, counts, owner and due date of what a sentence decides; "-" where it decides nothing."""
    found = deciding(sentence, is_spoken=spoken)
    if not found:
        return "-"
    sides = ("for", "against", "abstained")
    counts = "/".join(str(found.tally.counts.get(side, "")) for side in sides) if found.tally else ""
    return " ".join(filter(None, (found.kind, counts, found.owner, found.due)))


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("By unanimous vote, the minutes of the meeting held on March 27, 1994, were approved.", "vote"),
        ("The panel, in the light of what it was told, decided to discontinue the case.", "decision"),
        ("At the 24th meeting he made a statement in the course of which he withdrew the amendment.", "withdrawn"),
        ("Members agreed that the clerk should write to the landlord.", "decision"),
        ("The Board voted 3-0 to grant the license.", "vote 3/0/"),
        ("There were 4 affirmative votes.", "vote 4//"),
        ("RESULT: PASSED [12 TO 3]", "vote 12/3/"),
        ("ACTION: WITHDRAWN.", "withdrawn"),
        ("ACTION: CONTINUED TO THE MEETING OF MAY 17", "deferred THE MEETING"),
        ("Action: No consensus.", "decision"),
        ("AI(AL): ask the vendors", "action AL"),
        ("- [ ] KM to file an issue.", "action KM"),
        ("Ana to prepare a paper by Friday", "action Ana Friday"),
        ("1. Decides to extend the mandate of the panel;", "decision"),
        ("2. Requests the clerk to report at its ninth session.", "action the clerk ninth session"),
        ("No violation.", "decision"),
        ("Violation: two day suspension.", "decision"),
    ],
)
def test_what_a_record_decides(sentence: str, expected: str) -> None:
    assert told(sentence) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "Bearing in mind the charter, adopted by consensus at the first session,",
        "It will help those who could be missing out.",
        "The Lamp Discount will help many households this year.",
        "Policing measures to curb crime",
        "Due to updated rules we are unable to open it.",
        "Members agreed that, so far, the economy had shown more resilience than expected.",
        "Amendments to the national plan were adopted in 2024.",
        "This is included in the 2019 Adopted expense budget for lamps and oil and the harbour and its many boats.",
        "Ms. Lind moved, and the question was proposed, That the bill be now read a second time.",
        "The street sweeping had been carried out.",
        "Accepted recommendations",
        "ACTION: MOTION TO ADOPT MADE BY LIND",
        "Action: none",
    ],
)
def test_what_decides_nothing(sentence: str) -> None:
    assert told(sentence) == "-"


def test_speech_rules_only_where_it_says_so() -> None:
    assert told("I direct my questions to the minister.", spoken=True) == "-"
    assert told("I direct that the petition be sent to the committee.", spoken=True) == "ruling"


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("L'ordre du jour est adopté.", "decision"),
        ("Le projet de résolution est adopté par 12 voix contre 3, avec 2 abstentions.", "vote 12/3/2"),
        ("Se aprueba el orden del día.", "decision"),
        ("La propuesta fue aprobada por 12 votos a favor, 3 en contra y 2 abstenciones.", "vote 12/3/2"),
        ("Der Antrag wird mit 12 Ja-Stimmen, 3 Nein-Stimmen und 2 Enthaltungen angenommen.", "vote 12/3/2"),
        ("Der Ausschuss beschließt, den Bericht zu veröffentlichen.", "decision"),
        ("Die Tagesordnung wird einstimmig genehmigt.", "vote"),
        ("La proposta è approvata con 12 voti favorevoli, 3 contrari e 2 astenuti.", "vote 12/3/2"),
        ("È respinto l'emendamento.", "decision"),
        ("O requerimento foi aprovado com 12 votos a favor, 3 votos contra e 2 abstenções.", "vote 12/3/2"),
        ("A votação foi adiada para a próxima sessão.", "deferred"),
        ("Het voorstel is aangenomen met 12 stemmen voor en 3 tegen.", "vote 12/3/"),
        ("De raad besluit de nota vast te stellen.", "decision"),
        ("Проект резолюции принят 12 голосами против 3 при 2 воздержавшихся.", "vote 12/3/2"),
        ("Комитет постановил отложить рассмотрение вопроса.", "decision"),
        ("Повестка дня утверждена единогласно.", "vote"),
        ("اعتُمد مشروع القرار.", "decision"),
        ("اعتمد مشروع القرار بأغلبية 12 صوتا مقابل 3 أصوات وامتناع 2 عن التصويت.", "vote 12/3/2"),
        ("决议草案以12票赞成、3票反对、2票弃权获得通过。", "vote 12/3/2"),
        ("委员会决定将该问题提交大会。", "decision"),
        ("该项目推迟到下次会议审议。", "deferred"),
    ],
)
def test_other_languages(sentence: str, expected: str) -> None:
    assert told(sentence) == expected
