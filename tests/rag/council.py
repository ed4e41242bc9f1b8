"""Four invented records: minutes with motions and votes, a debate, one in French, a notice.

What tests ask is read off them.
"""

from pathlib import Path

MINUTES = """Minutes of the Town Council of Osterwick

14 May 2031

1. Opening

The Mayor, Ilse Brandt, opened the meeting at 7 p.m. and welcomed the visitors from the neighbouring parishes.

2. Night ferries on the northern route

Councillor Moreau presented a plan for night ferries on the northern route. She said that the last boat leaves \
before the evening shift ends, and that forty workers at the cannery depend on it. Councillor Tanaka feared that \
the costs would exceed the town's means.

It was moved by Councillor Moreau, seconded by Councillor Lindqvist, that the Council introduce night ferries on \
the northern route from September.

The motion was carried by 9 votes to 8, with 2 abstentions.

In favour: Abara, Bellini, Castell, Dubrow, Eriksen, Fontaine, Grubb, Lindqvist, Moreau.
Against: Hallam, Ibsen, Jansen, Kowal, Marsh, Novak, Oduya, Tanaka.
Abstained: Petrov, Quist.

3. Lease of the old customs house

The clerk reported that the museum society wishes to rent the old customs house for ten years. The roof needs \
repair, and the society offers to pay for it.

It was moved by Councillor Grubb, seconded by Councillor Marsh, that the lease of the old customs house be approved.

The motion was defeated by 6 votes to 6.

4. Playground in Harbour Street

Parents complained that the swings in Harbour Street are broken. The Council noted that two children were hurt \
in April.

The Council decided to repair the playground before the summer holidays.

Action: Councillor Novak to obtain three offers by 30 June 2031.

5. Closure

The meeting closed at 9 p.m.
"""

DEBATE = """Debate of the Island Assembly on beekeeping

3 June 2032

The President: I open the debate on the beekeeping bill. Three members have asked for the floor.

Ms. Arvid: The bees of the outer islands are free of mites, and they must stay so. Bringing foreign queens \
ashore should be forbidden.

Mr. Bastos: A ban on foreign queens would ruin the honey makers of the southern bay. They have lost half their \
hives in two winters.

Ms. Arvid: Half the hives were lost because nobody inspected them. An inspector for each island would cost less \
than the subsidies we pay today.

Mr. Castellan: My constituents want inspections, but they do not want to pay a fee for them.

The President: The debate is closed.
"""

FRENCH = """Compte rendu de la commission des ports

2 février 2033

La commission a examiné les droits de pilotage dans les ports du nord. Les membres ont constaté que les droits \
n'avaient pas été relevés depuis dix ans.

La commission a décidé de relever les droits de pilotage de cinq pour cent.
"""

NOTICE = """Notice on the water supply of Osterwick

1 March 2034

The pumping station at Mill Lane will be renewed in the autumn. Residents of Mill Lane will get water from tank \
lorries for three days.
"""

RECORDS = {"minutes": MINUTES, "debate": DEBATE, "compte_rendu": FRENCH, "notice": NOTICE}


def write_council(folder: Path) -> Path:
    """A folder with the four records."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in RECORDS.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return folder
