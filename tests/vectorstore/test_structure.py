"""What a record consists of is kept and given back as it was, and is gone with the document."""

from dataclasses import asdict
from pathlib import Path

from onrecord.vectorstore.catalogue import Catalogue
from onrecord.vectorstore.passage import Document
from onrecord.vectorstore.structure import (
    Heading,
    Item,
    NumberedParagraph,
    Omission,
    Outcome,
    Page,
    SpeakerTurn,
    Structure,
    structure_of,
)

TEXT = "4. Quotas\n\nMs. Lind: I move it.\n\nCarried by 2 votes to 1."
WHOLE = Structure(
    turns=(SpeakerTurn(start=11, end=31, speaker="Lind", label="Ms. Lind", item="i1"),),
    paragraphs=(NumberedParagraph(start=0, end=9, number="4"),),
    headings=(Heading(start=0, end=57, text="4. Quotas", level=1),),
    pages=(Page(start=0, end=57, label="iii"),),
    items=(Item(id="i1", start=0, end=57, kind="motion", heading="Quotas", number="4", movers=("Ms. Lind",)),),
    outcomes=(
        Outcome(
            start=33, end=57, item="i1", kind="vote", text=TEXT[33:], votes_for=2, votes_against=1,
            names_for=("Lind", "Marrow"), names_against=("Okafor",),
        ),
    ),
    omitted=(Omission(what="running head", count=3, where="pages 2-4"),),
)  # fmt: skip


def kept(folder: Path) -> Catalogue:
    catalogue = Catalogue(folder / "catalogue.sqlite")
    catalogue.put(Document(id="d", source="/minutes.txt", title="Minutes", text=TEXT), [], structure=WHOLE)
    return catalogue


def test_a_structure_is_given_back_as_it_was_put(tmp_path: Path) -> None:
    catalogue = kept(tmp_path)
    assert catalogue.structure("d") == WHOLE
    assert catalogue.structure("another") == Structure()
    assert catalogue.faults() == []
    catalogue.close()


def test_a_new_version_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    catalogue = kept(tmp_path)
    later = Document(id="d", source="/minutes.txt", title="Minutes", text=TEXT)
    assert catalogue.holds(later, [], WHOLE) and not catalogue.holds(later, [], Structure())
    catalogue.put(later, [])
    assert catalogue.structure("d") == Structure()
    catalogue.close()


def test_nothing_of_a_removed_document_s_structure_is_left(tmp_path: Path) -> None:
    catalogue = kept(tmp_path)
    catalogue.remove("d")
    assert catalogue.structure("d") == Structure()
    catalogue.close()


def test_a_structure_comes_out_of_plain_values() -> None:
    assert structure_of(asdict(WHOLE)) == WHOLE
