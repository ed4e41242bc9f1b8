"""Three small records, invented: numbered paragraphs, speakers' turns, a list. What tests ask is read off them."""

from pathlib import Path

REPORT = """HB/2031/9

Report of the Harbour Board on its ninth session

12 March 2031

Finances

1. The Harbour Board met in Osterwick from 10 to 12 March 2031, with 23 members present.

2. The Board approved a dredging budget of 4.2 million crowns for the year 2032. It exceeds that of 2031.

3. The treasurer, Ilse Brandt, warned that the pilot fees had not been raised since 2019.

Safety

4. The Board noted with concern that fourteen collisions had been reported in the outer channel.

5. Night pilotage will be compulsory from 1 July 2031 for ships longer than 90 metres.
"""

MINUTES = """Minutes of the fishery council

4 May 2032

On the herring quota:

Norway: The herring quota for the northern banks should fall by a third. We have said so for years. Gillnets must be \
marked with the owner's name.

Mexico: We cannot support a smaller herring quota before the stock survey is published. The survey costs 300,000 \
crowns and takes eight months.

Ms. Lind (Verrano): Small boats should be exempt from the quota, because they land less than two per cent of the catch.

On the closed season:

Mexico: A closed season in April protects the spawning grounds better than any quota does.

Norway: We can accept a closed season of six weeks.
"""

MEASURES = """# Measures of the working group on waste

3 June 2033

The working group agreed to:

- collect discarded nets in every harbour;
- pay fishers five crowns for each kilogram of plastic;
- publish the results before the end of the year.

The group did not discuss **funding** for the [recycling plant](https://plant.example) at all, see note [3] of annex B.
"""

RECORDS = {"HB_2031_9.txt": REPORT, "minutes.txt": MINUTES, "measures.md": MEASURES}


def write_records(folder: Path, **more: str) -> Path:
    """A folder with the three records, and `more` (name without ending, text) beside them."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in (RECORDS | {f"{name}.txt": text for name, text in more.items()}).items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder
