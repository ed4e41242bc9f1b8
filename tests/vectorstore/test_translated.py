"""Versions of one document in several languages that no symbol tells of."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from onrecord.vectorstore.catalogue import Catalogue
from onrecord.vectorstore.language.translated import likeness, skeleton
from onrecord.vectorstore.passage import Document

ENGLISH = """Dredging of the harbour of Osterwick

Adopted on 12 March 2031 at the 47th meeting

1. Approves 4,250,000 crowns for 2032, of which 310,000 for basin 7;
2. Takes note of the report of 3 February 2031 and of its 118 pages;
3. Decides that ships of more than 90 metres take a pilot from 1 July 2031;
4. Asks the secretary for a survey of quays 14 to 19 by 30 September;
5. Renews the lease of shed 22 for 15 years at 860 crowns a month;
6. Meets again on 9 April 2031."""
FRENCH = """Dragage du port d'Osterwick

Adopté le 12 mars 2031 à la 47e séance

1. Approuve 4 250 000 couronnes pour 2032, dont 310 000 pour le bassin 7 ;
2. Prend acte du rapport du 3 février 2031 et de ses 118 pages ;
3. Décide que les navires de plus de 90 mètres prennent un pilote à partir du 1er juillet 2031 ;
4. Demande au secrétaire un relevé des quais 14 à 19 pour le 30 septembre ;
5. Renouvelle le bail du hangar 22 pour 15 ans à 860 couronnes par mois ;
6. Se réunit de nouveau le 9 avril 2031."""
CHINESE = """奥斯特维克港的疏浚

2031年3月12日第47次会议通过

1. 核准2032年经费4 250 000克朗，其中310 000克朗用于第7港池；
2. 注意到2031年2月3日的报告及其118页；
3. 决定自2031年7月1日起，长度超过90米的船舶须有引航员；
4. 请秘书在9月30日之前勘测第14至第19号码头；
5. 将第22号仓库的租约延长15年，每月860克朗；
6. 定于2031年4月9日再次开会。"""
# The next year's of the same form: much is repeated.
FRENCH_OF_2032 = (
    FRENCH.replace("2032", "2033").replace("2031", "2032").replace("12 mars", "10 mars").replace("47e", "58e")
)


def catalogued(folder: Path, documents: Sequence[Document]) -> dict[str, tuple[str, ...]]:
    catalogue = Catalogue(folder / "catalogue.sqlite")
    for document in documents:
        catalogue.put(document, [])
    found = {each.id: each.versions for each in catalogue.listings()}
    catalogue.close()
    return found


def document(key: str, language: str, text: str, symbol: str | None = None) -> Document:
    return Document(id=key, source=f"{key}.txt", title=key, language=language, text=text, symbol=symbol)


EN, FR, ZH = document("e", "en", ENGLISH), document("f", "fr", FRENCH), document("z", "zh", CHINESE)
LATER = document("later", "fr", FRENCH_OF_2032)


def test_figures_are_kept_line_by_line_as_every_language_writes_them() -> None:
    assert skeleton("Adopted on 12 March 2031\n\nby 23 votes to 4.") == [["12", "2031"], ["23", "4"]]
    assert skeleton("2031年3月12日通过\n无") == [["12", "2031"]]
    assert skeleton("في ١٢ آذار/مارس ٢٠٣١") == [["12", "2031"]]


def test_translations_are_alike_and_the_next_of_a_series_is_not() -> None:
    english, french, chinese = map(skeleton, (ENGLISH, FRENCH, CHINESE))
    assert likeness(english, french) == likeness(french, english) == 1
    assert likeness(english, chinese) == 1
    assert likeness(english, skeleton(FRENCH_OF_2032)) == 0


def test_so_few_figures_tell_nothing() -> None:
    lines = [["1"], ["2"], ["3"], ["4"], ["2031", "90"]]
    assert likeness(lines, lines) == 0
    assert likeness([], []) == 0


def test_the_order_of_lines_counts() -> None:
    lines = skeleton(ENGLISH)
    assert likeness(lines, lines[::-1]) == 0


@pytest.mark.parametrize("order", [(EN, FR, ZH, LATER), (LATER, ZH, FR, EN)])
def test_versions_are_found_without_a_symbol(tmp_path: Path, order: Sequence[Document]) -> None:
    assert catalogued(tmp_path, order) == {"e": ("f", "z"), "f": ("e", "z"), "z": ("e", "f"), "later": ()}


def test_each_has_one_version_a_language_the_likest(tmp_path: Path) -> None:
    near = document("near", "fr", FRENCH.replace("860", "870"))
    assert catalogued(tmp_path, [EN, near, FR]) == {"e": ("f",), "f": ("e",), "near": ()}


def test_symbols_tell_more_than_figures(tmp_path: Path) -> None:
    one, other = replace(EN, symbol="HB/1"), replace(FR, symbol="HB/2")
    assert catalogued(tmp_path, [one, other]) == {"e": (), "f": ()}


def test_what_is_replaced_or_removed_has_no_versions_left(tmp_path: Path) -> None:
    assert catalogued(tmp_path, [EN, FR, replace(FR, text=FRENCH_OF_2032)]) == {"e": (), "f": ()}
    catalogue = Catalogue(tmp_path / "catalogue.sqlite")
    catalogue.put(FR, [])
    catalogue.remove("f")
    assert [(each.id, each.versions) for each in catalogue.listings()] == [("e", ())]
    catalogue.close()


def test_a_catalogue_that_never_had_the_table_is_read_without_it(tmp_path: Path) -> None:
    catalogued(tmp_path, [EN, FR])
    catalogue = Catalogue(tmp_path / "catalogue.sqlite")
    with catalogue.writing() as connection:
        connection.execute("DROP TABLE translations")
    assert [each.versions for each in catalogue.listings()] == [(), ()]
    catalogue.close()
