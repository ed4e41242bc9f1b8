"""Who speaks in records in Chinese, Arabic, Russian, French and Spanish; what minutes put before a colon is nobody."""

import pytest

from onrecord.ingest.formats.read import read
from onrecord.ingest.structure.outline import outline
from onrecord.ingest.structure.paragraphs import structure
from onrecord.ingest.structure.people import is_capital, is_entry, is_person
from onrecord.ingest.structure.speakers import speaker_label


def turns(*paragraphs: str) -> list[tuple[str, str]]:
    """(speaker, words) of the turns of a record of these paragraphs."""
    reading = read("record.txt", "\n\n".join(paragraphs).encode())
    found = outline(reading.text, structure(reading)).turns
    return [(turn.speaker, " ".join(reading.text[turn.start : turn.end].split())) for turn in found]


def speakers(*paragraphs: str) -> list[str]:
    return [speaker for speaker, _ in turns(*paragraphs)]


def test_letters_without_case_begin_names() -> None:
    assert all(map(is_capital, "AЖ灯مÉ"))
    assert not any(map(is_capital, "aжé1("))


CHINESE = ("灯塔委员会会议记录", "时间：三月三日", "主持人：林国安（主任）", "出席：林国安、何小燕、马文", "记录：田雨")


@pytest.mark.parametrize(
    ("first", "second", "names"),
    [
        ("林国安（主任）", "何小燕（灯塔局局长）", ["林国安", "何小燕"]),
        ("林国安主任", "何小燕局长", ["林国安主任", "何小燕局长"]),
        ("林国安", "何小燕", ["林国安", "何小燕"]),
        ("主席", "何小燕女士（中国）", ["主席", "何小燕女士"]),
        ("主席（以英语发言）", "德拉-罗卡先生（法国）（以法语发言）", ["主席", "德拉-罗卡先生"]),
    ],
)
def test_turns_in_chinese(first: str, second: str, names: list[str]) -> None:
    said = (f"{first}：现在开会，请局里说明。", f"{second}：灯塔已修好，费用三万元。", f"{first}：谢谢。还有问题吗？")
    assert speakers(*CHINESE, *said) == [*names, names[0]]
    ascii_colons = (line.replace("：", ":") for line in said)
    assert speakers(*CHINESE, *ascii_colons) == [*names, names[0]]


def test_names_in_chinese_that_speak_once_each() -> None:
    said = ("何小燕：灯塔的灯要换新的，共十二盏。", "马文：我不同意，先修旧的。", "田雨：应当再询价一次。")
    assert speakers("灯塔委员会会议记录", *said) == ["何小燕", "马文", "田雨"]
    assert speakers("灯塔委员会会议记录", "方案：换灯十二盏。", "金额：三万元。", "任务：月底完成。") == []


def test_what_minutes_in_chinese_decide_is_nobodys() -> None:
    said = ("何小燕（委员）：灯塔的灯要换新的。", "马文（委员）：我不同意，先修旧的。", "何小燕（委员）：请表决。")
    decided = ("表决结果：赞成两票，反对一票。", "二、夜间值班", "值班表由马文整理，月底公布。")
    found = turns(*CHINESE, *said, *decided)
    assert [speaker for speaker, _ in found] == ["何小燕", "马文", "何小燕"]
    assert found[-1][1].endswith("请表决。")


@pytest.mark.parametrize(
    ("first", "second", "names"),
    [
        ("الرئيس", "السيد نبيل الحداد (عضو المجلس)", ["الرئيس", "السيد نبيل الحداد"]),
        ("الرئيسة (تكلمت بالإنكليزية)", "السيدة هدى (الصين) (تكلمت بالفرنسية)", ["الرئيسة", "السيدة هدى"]),
        ("معالي الوزير", "النائبة هدى نصر", ["معالي الوزير", "النائبة هدى نصر"]),
        ("رئيس اللجنة", "الدكتورة هدى نصر", ["رئيس اللجنة", "الدكتورة هدى نصر"]),
    ],
)
def test_turns_in_arabic(first: str, second: str, names: list[str]) -> None:
    head = ("محضر اجتماع المنارة", "المكان: القاعة الكبرى", "الغائبون: السيد وليد العلي")
    said = (f"{first}: نفتتح الجلسة اليوم.", f"{second}: أعترض على نقل المصابيح.", f"{first}: شكراً لكم جميعاً.")
    assert speakers(*head, *said) == [*names, names[0]]
    decided = turns(*head, *said, "القرار رقم (٣): قرر المجلس شراء مصابيح جديدة.")
    assert decided[-1][1].endswith("شكراً لكم جميعاً.")


@pytest.mark.parametrize(
    ("first", "second", "names"),
    [
        ("Председатель", "Г-жа Лунина (начальник управления маяков)", ["Председатель", "Г-жа Лунина"]),
        (
            "Председатель (говорит по-английски)",
            "Г-жа Мор-Гринвич (Соединенные Штаты Америки) (говорит по-английски)",
            ["Председатель", "Г-жа Мор-Гринвич"],
        ),
        ("Лунин А. Б.", "Депутат Чайкин", ["Лунин А. Б.", "Депутат Чайкин"]),
    ],
)
def test_turns_in_russian(first: str, second: str, names: list[str]) -> None:
    head = ("ПРОТОКОЛ", "Председатель: Лунин А. Б., глава округа", "Секретарь: Чайкина В. Г.", "ПОВЕСТКА ДНЯ:")
    said = (f"{first}: Начинаем работу.", f"{second}: Почему маяк не горит?", f"{first}: Лампы заменим в мае.")
    assert speakers(*head, "СЛУШАЛИ: О маяках.", *said) == [*names, names[0]]
    decided = turns(*head, *said, "Голосовали: «за» — 12.", "РЕШИЛИ: Заменить лампы.")
    assert decided[-1][1].endswith("заменим в мае.")


def test_a_point_after_a_russian_name() -> None:
    said = ("Лунин А.Б. Почему маяк не горит?", "Чайкина В.Г. Лампы старые.", "Лунин А.Б. Тогда заменим их в мае.")
    assert speakers("Стенограмма заседания", *said) == ["Лунин А.Б.", "Чайкина В.Г.", "Лунин А.Б."]


def test_an_office_after_a_title_in_french() -> None:
    head = ("PROCÈS-VERBAL", "Étaient présents : M. Paul AUBE, Mme Zoé PHARE.", "Absents excusés : M. Luc MAREL.")
    said = (
        "M. le Maire : Les lampes du phare sont vieilles.",
        "Mme la présidente : Nous les changerons en mai.",
        "M. Aube : Combien de lampes sont cassées ?",
        "M. le Maire : Douze lampes sont cassées.",
    )
    names = ["M. le Maire", "Mme la présidente", "M. Aube", "M. le Maire"]
    assert speakers(*head, "Secrétaire de séance : Mme Zoé PHARE.", *said) == names


def test_lists_of_who_came_in_spanish() -> None:
    head = ("ACTA", "Asistentes: D.ª Ana Faro Gil, D. Luis Mar Soto", "Alcaldesa-Presidenta: D.ª Ana Faro Gil")
    said = ("Sr. Mar: Las lámparas son viejas.", "Sra. Alcaldesa: Las cambiaremos en mayo.", "Sr. Mar: Gracias, sí.")
    assert speakers(*head, "Secretaria: D.ª Eva Costa Ruiz", *said) == ["Sr. Mar", "Sra. Alcaldesa", "Sr. Mar"]


@pytest.mark.parametrize(
    "label",
    [
        *("ПОВЕСТКА ДНЯ", "Голосовали", "РЕШИЛИ", "СЛУШАЛИ", "Присутствовали", "Отсутствовали", "Приглашённые"),
        *("Étaient présents", "Absents excusés", "Secrétaire de séance", "Ordre du jour", "Asistentes"),
        *("Orden del día", "时间", "地点", "出席", "记录", "会议决定", "الحضور", "الغائبون", "المكان", "جدول الأعمال"),
    ],
)
def test_headings_of_minutes_are_nobody(label: str) -> None:
    assert is_entry(label)


@pytest.mark.parametrize(
    "label", ["何燕局长", "灯塔局局长何燕", "何燕（灯塔局局长）", "田雨先生（中国）", "Лунин А. Б.", "السيد وليد"]
)
def test_persons(label: str) -> None:
    assert is_person(label)


@pytest.mark.parametrize("label", ["各位代表", "出席代表", "方案", "灯塔已经修好", "Маяк горит", "المنارة القديمة"])
def test_no_persons(label: str) -> None:
    assert not is_person(label)


def test_where_a_turn_begins_behind_a_wide_colon() -> None:
    assert speaker_label("何小燕局长：灯塔") == ("何小燕局长", 6)
    assert speaker_label("何小燕局长:灯塔") == ("何小燕局长", 6)
    assert speaker_label("10:30") is None
