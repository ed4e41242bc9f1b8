"""Votes that a record tells twice: at its head, and in the table that lists the names."""

from dataclasses import replace

from onrecord.vectorstore.structure import Outcome, Structure

HEAD = Outcome(
    start=10, end=60, item="i1", kind="vote", text="Adopted by the Assembly on 4 May 2021",
    votes_for=2, votes_against=1, names_for=("Norway", "Chile"), names_against=("Verrano",),
)  # fmt: skip
TABLE = replace(HEAD, start=900, end=1200, item="i2", text="Adopted by a recorded vote.")
OTHER = replace(HEAD, start=300, end=340, names_for=("Norway",), names_against=("Chile", "Verrano"))
WITHOUT = Outcome(start=70, end=90, item="i1", kind="decision", text="It was so decided.")


def test_of_two_with_the_same_names_the_one_that_lists_them_is_told() -> None:
    assert Structure(outcomes=(HEAD, WITHOUT, OTHER, TABLE)).told_once == (WITHOUT, OTHER, TABLE)


def test_what_has_no_names_is_told_as_often_as_it_stands() -> None:
    again = replace(WITHOUT, start=95, end=115)
    assert Structure(outcomes=(WITHOUT, again)).told_once == (WITHOUT, again)
