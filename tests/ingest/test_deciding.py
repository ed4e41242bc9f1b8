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
        ("Votes cast: Ayes Noes - 34 - 15", "vote 34/15/"),
        ("Without objection, the record will remain open.", "decision"),
        ("The item is postponed to a later date.", "deferred"),
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
        ("After some debate the amendment was put to the vote and lost.", "decision"),
        ("When put to the vote, the amendment was defeated.", "decision"),
        ("The motion died for lack of a second.", "decision"),
        ("The motion did not pass.", "decision"),
        ("Moved Lind, seconded Roe and CARRIED that the report be received.", "decision"),
        ("The Committee noted the update.", "decision"),
        ("C4-112 was noted.", "decision"),
        ("The appeal is allowed.", "decision"),
        ("Minutes of the previous meeting – Approved", "decision"),
        ("The matter was referred to the Finance Committee.", "deferred"),
        ("Matter taken under advisement.", "deferred"),
        ("The item was removed from the agenda.", "withdrawn"),
        ("The Chair ruled the amendment out of order.", "ruling"),
        ("The court holds, by six votes to one, that there has been a violation.", "vote 6/1/"),
        ("For: 9 Against: 2 Abstentions: 1", "vote 9/2/1"),
        ("The vote was 4 to 3 in favour.", "vote 4/3/"),
        ("RECOMMENDED that the fee be increased.", "recommendation"),
        ("Staff was directed to prepare an ordinance.", "action Staff"),
        ("The Board directed staff to return with options.", "action staff"),
        ("The Committee requested the Secretariat to prepare a paper for its next session.",
         "action the Secretariat next session"),
        ("(Question, that the words to be added be added, put and agreed to)", "decision"),
        ("(Question, that the amendment be made, put and negatived)", "decision"),
        ("(Question dropped)", "withdrawn"),
        ("CLERK TO WRITE TO OWNER", "action CLERK"),
        ("[ACTION] Lind will circulate the draft.", "action Lind"),
        ("- [x] Lind: fix the tests", "action Lind"),
        ("Mr Roe to obtain quotes in June.", "action Mr Roe June"),
        ("The debate was adjourned at 10 p.m.", "deferred"),
        ("The bill was passed to second reading.", "decision"),
        ("The Board agreed that the levy should be raised, as it is low.", "decision"),
    ],
)  # fmt: skip
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
        "If carried, the motion would bind us.",
        "Under the rules a motion is carried by a majority.",
        "He passed the salt.",
        "The report gives accepted practice.",
        "Resolutions adopted at the previous session",
        "Ms. Lind said that the application was refused by the ministry.",
        "According to the report, the levy was approved by the county.",
        "Members agreed with the analysis.",
        "Apologies were accepted from Mr. Roe.",
        "She has been elected three times.",
        "ORDERS OF THE DAY",
        "The authors of the document flatly refused to take our concerns into account.",
        "The item was postponed from the meeting of June.",
        "The bill that was passed is going to help many.",
        "(Question, that the words to be left out be left out, proposed)",
        "The price of oil dropped in May.",
        "The meeting adjourned at 2:05 p.m.",
        "(The sitting was suspended at 11.05 a.m. for the ballots and resumed at noon)",
        "Members agreed that it was still too early to say how the levy would be felt.",
        "That is the motion we just agreed to.",
        "Encouraging all members to pursue their efforts in line with the charter",
        "The grant has been passed to the harbour office.",
        "S'il n'y a pas d'objections, l'ordre du jour est adopté.",
    ],
)
def test_what_decides_nothing(sentence: str) -> None:
    assert told(sentence) == "-"


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("The noes have it.", "decision"),
        ("I think the ayes have it.", "-"),
        ("Objection sustained.", "decision"),
        ("The motion passes five to two.", "vote 5/2/"),
        ("The House stands adjourned until tomorrow.", "deferred tomorrow"),
        ("My amendment was rejected, and I regret that.", "-"),
        ("The plan was rejected by voters.", "-"),
        ("I'll send the draft by Friday.", "action Friday"),
        ("I will send the draft.", "-"),
        ("Let us not debate it, because the motion has not been moved.", "-"),
    ],
)
def test_what_is_said_in_a_debate(sentence: str, expected: str) -> None:
    assert told(sentence, spoken=True) == expected


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
        ("码头照明方案经表决，9票同意，2票反对。", "vote 9/2/"),
        ("同意12票，反对3票，弃权1票。", "vote 12/3/1"),
        ("草案以十一票赞成、两票反对获得通过。", "vote 11/2/"),
        ("委员会一致通过《渡船条例》。", "vote"),
        ("与会代表一致同意更换路灯。", "vote"),
        ("渔港规划草案获得通过。", "decision"),
        ("议案未获通过。", "decision"),
        ("理事会同意延长码头。", "decision"),
        ("Результаты: «за» — 8, «против» — 2, «воздержались» — 1.", "vote 8/2/1"),
        ("За – 6, против – нет, воздержались – 2.", "vote 6/0/2"),
        ("Совет депутатов решил закрыть причал.", "decision"),
        ("Votos a favor, 8; en contra, 5; abstenciones, 2.", "vote 8/5/2"),
        ("La moción se aprueba con 1 voto en contra.", "vote /1/"),
        ("Síes: 9; noes: 7.", "vote 9/7/"),
        ("Por mayoría, el Pleno ACUERDA:", "decision"),
        ("El Pleno acuerda aprobar la reforma del muelle.", "decision"),
        ("La comisión permanente aprueba el acta.", "decision"),
        ("Le conseil municipal, à l'unanimité, DÉCIDE d'approuver l'achat du bac.", "vote"),
        ("Le conseil municipal décide de fermer le quai.", "decision"),
        ("La motion est adoptée par douze voix contre trois.", "vote 12/3/"),
        ("نتيجة التصويت: الموافقون ٧، المعارضون ٢، الممتنعون ١.", "vote 7/2/1"),
        ("اعتمد الاقتراح بأغلبية 4 أصوات مقابل صوت واحد.", "vote 4/1/"),
        ("اعتمد الاقتراح بأغلبية ستة أصوات مقابل صوتين.", "vote 6/2/"),
        ("اعتمد الاقتراح بحصوله على 4 أصوات مؤيدة.", "vote 4//"),
        ("وافق المجلس على إنارة المرفأ.", "decision"),
        ("ووافقت اللجنة على ميزانية العبّارة.", "decision"),
        ("وبعد المناقشة، أقر المجلس الخطة.", "decision"),
        ("أقرت التوصية.", "decision"),
        ("10. Exhorta a la Potencia administradora a que coopere", "recommendation la Potencia administradora"),
        ("13. Solicita al Territorio y a la Junta que adopten medidas", "action al Territorio y a la Junta"),
    ],
)
def test_other_languages(sentence: str, expected: str) -> None:
    assert told(sentence) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "如果方案获得通过，我们将搬走。",
        "会上讨论了是否同意3项建议。",
        "Habló a favor, 3 vecinos callaron.",
        "Si el Pleno acuerda cerrar el muelle, perderemos la barca.",
        "Жители против нового причала.",
        "لم يوافق المجلس على الطلب.",
        "Un favor: cierren la puerta.",
        "Si le conseil municipal décide de fermer le quai, nous partirons.",
    ],
)
def test_what_decides_nothing_in_other_languages(sentence: str) -> None:
    assert told(sentence) == "-"
