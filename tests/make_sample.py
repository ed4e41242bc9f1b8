"""Write the sample records that are not plain text: `sample/summary-record.docx` and `sample/brochure.pdf`.

Run `python tests/make_sample.py`; the same files come out each time. Everything in them is invented.

The texts below are marked up lightly: a blank line ends a paragraph, `# ` and `## ` begin headings, `**bold**` and
`*italic*` mark words, and a block in square brackets names a table, a footnote or a box.
"""

import io
import re
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt
from docx.text.paragraph import Paragraph
from fpdf import FPDF, FontFace
from fpdf.enums import XPos, YPos

SAMPLE = Path(__file__).resolve().parent.parent / "sample"
LABEL = (
    "Invented record, written as a sample for On Record. The Commission, its members and everything said here are "
    "fictional."
)

# ---------------------------------------------------------------------------------------------------------------------
# The summary record
# ---------------------------------------------------------------------------------------------------------------------

SUMMARY_RECORD = """
# Agenda item 5: Phased automation of staffed lights (continued) (MIC/CL/2031/2, MIC/CL/2031/5 and MIC/CL/2031/L.3)

## Introduction of the draft decision

1. **The Chair** recalled that the Commission had begun its debate on the item that morning. It had before it the
annual report for 2030 (MIC/CL/2031/2), the report of the board of inquiry into the grounding of the ferry *Corrie
Belle* (MIC/CL/2031/5) and draft decision MIC/CL/2031/L.3, submitted by Brannoch and Sabelle.

2. **Mr. Racewell** (Brannoch), introducing the draft decision, said that 31 lights in the Islands still had a resident
keeper. Under the text, 22 of them would be automated by 31 December 2034 and nine would keep their keepers for as long
as the Commission saw fit. The nine, listed in the annex, had been chosen because a repair boat could not land at them
on more than 200 days of the year.

3. The proposal was not a matter of taste. A staffed light cost 96,000 crowns a year to run and an automatic one
31,000 crowns; over 22 lights the difference came to 1.43 million crowns a year, more than twice the price of the
buoys that the Commission still had to buy. His own Government had automated 11 lights since 2024 and had not lost one
of them for longer than a single tide.

4. **Mr. Teverell** (Sabelle), speaking as a sponsor, said that three conditions had to be met before a keeper left:
two independent power supplies, a remote watch that answered an alarm within 30 minutes at any hour, and a published
plan for reaching the light in bad weather. A light that did not meet all three would stay staffed, whatever the
calendar said.

## Debate

5. **Ms. Oduya-Lind** (Verrano) said that her delegation had come to the session ready to vote for the draft decision,
and had then read the report of the board of inquiry. The light on Gannet Ledge, automated in 2027, had been dark for
nine hours and fifteen minutes when the *Corrie Belle* struck. The alarm had gone to a mailbox that nobody opened on
Sundays. A second power supply would not have helped; somebody reading the message would have.

6. She therefore proposed two amendments. Under the first, every light would be run automatically for 12 months with
the keeper still in place before the keeper was withdrawn. Under the second, no light on a scheduled ferry route would
be automated until all the recommendations of the board of inquiry had been carried out.

7. **Ms. Corrigault** (Ithren) said that her delegation could not support the draft decision with or without
amendments. Eight of the staffed lights were in Ithren, and four of those keepers' families were the only winter
households on their islands. When the keeper left, the school boat stopped, and when the school boat stopped, the
island emptied. The cost figures given by Brannoch left all of that out.

8. **Mr. Ashlake** (Oskerry) agreed with the representative of Ithren. The keepers of Oskerry's three staffed lights,
the Three Maids, had been the first to report one third of all distress sightings in its waters in 2030. No sensor yet
offered for sale could see a flare.

9. Several delegations said that they regretted the loss of the keepers but that recruitment had become almost
impossible. One delegation had advertised the same post four times in two years without receiving a single
application.

10. **Mr. Dray** (Kestrane) supported the draft decision. Kestrane had automated Cape Sorrel in 2029 under the very
conditions now proposed, and the light had burned for 99.7 per cent of the hours since. He could accept the first
amendment of Verrano but not the second, which would make the Commission's timetable depend on votes in nine
parliaments.

11. **Ms. Sotomar** (Marisande) also supported the draft decision, and asked that former keepers be given first refusal
of posts at the Remote Watch Desk (RWD), the round-the-clock office that was to receive the alarms of all automated
lights.

12. **Ms. Oksavi** (Toravia) said that her delegation would support the text with the first amendment only. Toravia had
lost two keepers to drowning in ten years, both on relief trips; it did not regard staffing as the safe course and
automation as the risky one.

13. **Ms. Fennimore** (Pellory) said that her Government was divided. The Ministry of Ports was in favour of automation
and the Ministry of the Outer Islands was against it. Until they agreed, she would abstain in any vote.

14. Some delegations asked whether 30 minutes was soon enough on a ferry route. A few delegations preferred 10 minutes.
One delegation considered that any figure was pointless unless the desk was staffed by people who had been at sea.

15. **Mr. Racewell** (Brannoch) said that the sponsors accepted the first amendment of Verrano and had revised the text
orally to include it. They could not accept the second. The board of inquiry had made 11 recommendations, three of
which required new legislation, and no light should have to wait for a legislature.

16. **Mr. Orme** (Observer for the Keepers' Heritage Trust) said that he had kept the light at Old Merrow for 26 years.
He did not ask the Commission to leave people on rocks for the sake of the picture. He asked that the logbooks, which
went back to 1871, be copied before the buildings were locked, because damp would finish them in two winters.

17. **Ms. Reyke-Aldous** (Secretary of the Commission) said that copying the logbooks of all 31 staffed lights would
cost about 74,000 crowns, for which there was no provision in the budget.

## Action on draft decision MIC/CL/2031/L.3

18. **The Chair** said that a recorded vote had been requested on the second amendment proposed by Verrano.

19. *The second amendment was rejected by 5 votes to 3, with 1 abstention.* Voting in favour: Ithren, Oskerry, Verrano.
Voting against: Brannoch, Kestrane, Marisande, Sabelle, Toravia. Abstaining: Pellory.

20. At the request of the representative of Ithren, a recorded vote was taken on the draft decision as orally revised.
Voting in favour: Brannoch, Kestrane, Marisande, Sabelle, Toravia. Voting against: Ithren, Oskerry. Abstaining:
Pellory, Verrano.

21. *Draft decision MIC/CL/2031/L.3, as orally revised, was adopted by 5 votes to 2, with 2 abstentions.*[^1]

22. **Ms. Oduya-Lind** (Verrano), speaking in explanation of vote, said that Verrano had abstained, and had not voted
against, because the year of overlap was worth having. It would bring back its second amendment at the eighth session.

23. **Ms. Corrigault** (Ithren), speaking in explanation of vote, said that Ithren did not consider itself bound by the
timetable and would keep its eight keepers at its own expense.

# Agenda item 6: Tidal Buoy Network (MIC/CL/2031/2, chapter III)

24. **Ms. Reyke-Aldous** (Secretary of the Commission), introducing chapter III of the annual report, said that the
Tidal Buoy Network (TBN) had grown from 61 buoys at the end of 2029 to 84 at the end of 2030. It had delivered 96.8 per
cent of the readings expected of it in 2030, against 91.3 per cent in 2029.

25. The goal remained 120 buoys by the end of 2033. A buoy cost 18,400 crowns to buy and moor, and 2,150 crowns a year
to keep up. At present prices the 36 buoys still to come would cost 662,400 crowns, of which 410,000 had been secured.

26. **Ms. Oksavi** (Toravia) said that the network had paid for itself in her country's waters. Since the buoys in
Hesper Narrows had been linked to the pilot boats, the average wait at the northern entrance had fallen from 54
minutes to 20.

27. **Mr. Teverell** (Sabelle) recalled that 11 of the 16 turbines of the tidal array in Hesper Narrows were running.
They slowed the very current that the buoys were there to measure. Readings taken within 800 metres of a turbine should
be marked as disturbed.

28. **Mr. Ashlake** (Oskerry) said that there was not one buoy west of the Three Maids. The network had been built where
the shipping was and not where the wrecks were. Oskerry asked for six buoys before any was added elsewhere.

29. **Mr. Dray** (Kestrane) preferred to place new buoys according to the traffic survey of 2028. **Ms. Sotomar**
(Marisande) agreed with him.

30. **Ms. Corrigault** (Ithren) and **Ms. Fennimore** (Pellory) supported the request of Oskerry. Ms. Fennimore added
that Pellory would lend a mooring vessel for 20 days without charge.

31. **Ms. Oduya-Lind** (Verrano) supported the request of Oskerry as well, on condition that it did not delay the
replacement of buoy GL-7 at Gannet Ledge, which had been 340 metres out of position on the night of the grounding.

32. Several delegations asked that the readings be given to fishing vessels free of charge. One delegation opposed the
idea, since its meteorological office sold the same data and lived on the income.

33. **Mr. Racewell** (Brannoch) suggested, as a compromise, that four buoys be moored west of the Three Maids in 2031
and two more in 2032.

34. **The Chair** said that he took it that the Commission wished to accept the compromise suggested by Brannoch.

35. *It was so decided.*

# Agenda item 7: Light Dues Fund: contributions pledged for 2031

36. **Ms. Reyke-Aldous** (Secretary of the Commission) said that the Light Dues Fund (LDF) had received 2,600,000 crowns
in 2030. The pledges announced for 2031, shown in the table, came to 2,740,000 crowns, an increase of 5.4 per cent.

[table: pledges]

37. **Mr. Ashlake** (Oskerry) said that the reduction in his Government's contribution, from 95,000 to 60,000 crowns,
followed the failure of the herring season. Oskerry intended to return to the earlier figure in 2032.

38. **Ms. Corrigault** (Ithren) said that her Government's contribution was unchanged, and asked that no part of it be
spent on automation.

39. **Ms. Reyke-Aldous** (Secretary of the Commission) replied that rule 14 of the financial rules did not allow a
member to choose what its contribution paid for.

40. **Mr. Teverell** (Sabelle) said that the increase in his Government's contribution, from 360,000 to 410,000 crowns,
had been decided with the RWD in mind. The desk was to open at Skarn Head on 1 October 2031 with a staff of 14.

41. **Ms. Sotomar** (Marisande) asked why the desk was to stand in Brannoch when Marisande had an empty building at
Lanternholm. Several delegations asked for a comparison of the costs.

42. **Mr. Racewell** (Brannoch) said that his Government would provide the building at Skarn Head free of rent until
2041. He would circulate a comparison before the end of the session.

43. Many delegations thanked the contributors. One delegation observed that, after inflation, the Fund would buy less
in 2031 than it had bought in 2029.

44. **The Chair** said that the Commission would take up agenda item 8, on ferry safety and fisheries radio, at its 5th
meeting, the following morning, and that observers would be invited to speak.

45. He reminded delegations that corrections to the present record should reach the secretariat within one week of its
publication.

*The meeting rose at 5.50 p.m.*
"""

FOOTNOTE = "Subsequently issued as decision 7/3. The nine lights that keep their keepers are listed in its annex."

PLEDGES_THOUSAND_CROWNS = [
    ("Brannoch", 420, 460),
    ("Ithren", 180, 180),
    ("Kestrane", 310, 335),
    ("Marisande", 275, 290),
    ("Oskerry", 95, 60),
    ("Pellory", 240, 240),
    ("Sabelle", 360, 410),
    ("Toravia", 205, 250),
    ("Verrano", 515, 515),
]

# ---------------------------------------------------------------------------------------------------------------------
# The brochure
# ---------------------------------------------------------------------------------------------------------------------

BROCHURE = """
# CHAPTER 1. NINE COASTS, ONE STANDARD

The nine members of the Meridian Islands Conference share 11,200 kilometres of coast, 415 lights and a great deal of
fog. Since the Port Ansel Convention of 1998 they have kept those lights to one standard. A ship that leaves Cape Sorrel
at dusk and raises Old Merrow before dawn should find every light on her way burning, in the right colour and with the
right rhythm, whoever pays for the lamp.

The Commission on Coastal Lights watches over that standard. It meets once a year, agrees where it can and votes where
it must, and has a secretariat of 11 people in the old Customs House of Port Ansel. Its purse, the Light Dues Fund
(LDF), buys lamps, buoys and moorings, and the days at sea of the mooring vessel *Patient Anchor*.

In 2030 the standard slipped. The lights burned for 98.6 per cent of the hours in which they should have, below the
floor of 99.0 per cent that the Convention sets. In November a ferry went aground under a light that had been dark since
lunchtime. The Safe Passage Plan 2031–2035, adopted by the Commission at its seventh session in March 2031, is the
answer to both.

## What the Plan sets out to do

[list]
Keep the lights burning for 99.5 per cent of their hours by 2035.
Automate 22 staffed lights, slowly, and leave keepers at nine.
Bring the Tidal Buoy Network to 120 buoys by the end of 2033 and to 140 by the end of 2035.
Put a voyage recorder on every passenger ferry by 30 September 2031.
Answer every distress call from a fishing vessel within two minutes, by night as well as by day.

The Plan does not promise that no vessel will ever run aground again. It promises that when a light goes out, somebody
will know, somebody will say so on the radio, and somebody will be on the way. Nineteen vessels ran aground in the
Islands in 2030. The Plan aims at fewer than 12 a year by 2035, and the secretariat will publish the count every
January, with the names of the marks and without the names of the masters.

[table: members]

[box: KEY FIGURES (1 MAY 2031)]
415 lights, of which 31 have a keeper
92 buoys in the Tidal Buoy Network
14 coast radio stations with a night watch
96 passenger ferries, 78 of them with a voyage recorder
61,300 ferry crossings in 2030

# CHAPTER 2. KEEPERS AND MACHINES

There were 214 keepers in the Islands in 1998. There are 31 today. Their average age is 57, and most administrations can
no longer find anyone to follow them: in 2030 posts were advertised 19 times and filled six times.

Decision 7/3, adopted in March 2031 by five votes to two with two abstentions, draws a line under the drift. Twenty-two
of the remaining lights will be automated by 31 December 2034. Nine will keep their keepers, because no repair boat can
land there for most of the year. Before a keeper leaves, a light must have two independent power supplies, a published
plan for reaching it in bad weather, and a remote watch that answers its alarms.

That watch is the Remote Watch Desk (RWD). It opens on 1 October 2031 at Skarn Head in Brannoch, with 14 people working
in three shifts. The decision asks for an answer within 30 minutes. The Plan goes further for lights on ferry routes,
where the desk must answer within 10.

[box: A YEAR OF OVERLAP]
On a proposal of Verrano, every light will run on its own for 12 months while the keeper is still in the house. If it
fails for longer than one tide during that year, the 12 months begin again.

## Not everyone agrees

Ithren and Oskerry voted against the decision. Ithren has said that it will keep its eight keepers at its own expense,
and points to what a keeper does that no ledger shows: the school boat, the post, the first pair of hands when somebody
is hurt. The secretariat has undertaken to put a figure on those services together with Ithren, whose survey is due at
the end of 2031, and to report to the eighth session. Oskerry's concern is the flare: a keeper sees one, and so far a
camera does not. A trial of flare cameras will start at Little Maid in the winter of 2031, beside the keeper and not
instead of her.

“I would sooner be replaced by a machine that works than be missed when it does not,” says Petra Vane, who keeps Widow's
Tooth. “But come and look at it in January, with ice on the glass, before you tell me that it works.”

## The nine lights that keep their keepers

[list]
Old Merrow and Hallow Skerry (Ithren)
Elder Maid, Middle Maid and Little Maid (Oskerry)
Widow's Tooth and Tollan Rock (Verrano)
Far Cantle (Brannoch)
Lanternholm Outer (Marisande)

The logbooks of all 31 staffed lights, the oldest of them from 1871, will be photographed before the end of 2032. The
Plan sets aside 100,000 crowns for that work and for two small museum rooms.

# CHAPTER 3. WHAT THE WATER IS DOING

A chart says how deep the sea ought to be. A tidal buoy says how deep it is. Each buoy of the Tidal Buoy Network (TBN)
measures the height of the water and the strength of the current, and sends both ashore every six minutes. Pilots use
the readings to decide when to bring a ship in. Ferries use them to choose between the inner and the outer passage. The
warning centre in Port Ansel uses them to see a surge coming.

The network began in 2026 with 12 buoys in Hesper Narrows, where the tide runs at seven knots and the charts had always
been more hope than measurement. Since the buoys there were linked to the pilot boats, the wait at the northern entrance
has come down from 54 minutes to 20.

[table: buoys]

On 1 May 2031 the network counted 92 buoys. The next four go west of the Three Maids, in the waters of Oskerry, where
there has never been one; two more follow in 2032. Pellory is lending the mooring vessel for 20 days. Buoy GL-7 at
Gannet Ledge, which had dragged 340 metres before the grounding of November 2030, was replaced on 2 April 2031 by a
heavier model with two anchors.

## Better in bad weather

Pilots have told the Commission that in a westerly gale the readings come every 10 minutes rather than every six,
because the aerials lie flat. From the summer of 2032 new buoys will carry a second aerial. Old ones will be refitted
when they come up for cleaning, which happens every third year.

## Who sees the data

From 1 January 2032 the readings will be free for fishing vessels under 15 metres. Larger vessels will go on paying 40
crowns a month. The difference was a compromise: several members wanted the data free for all, and one member, whose
weather service sells such data, wanted them free for nobody.

[box: ONE BUOY]
18,400 crowns to buy and moor
2,150 crowns a year to keep up
240 readings a day
Life expectancy: nine years, trawlers permitting

# CHAPTER 4. AFTER GANNET LEDGE

At 22:40 on Sunday, 17 November 2030, the ferry *Corrie Belle* ran onto Gannet Ledge with 212 passengers and 19 crew.
Fourteen people were hurt. Nobody died, largely because the sea was flat and the tide was rising. The light on the
ledge had failed at 13:25. It had reported its own failure within a minute, to a mailbox that was not read on Sundays.

The board of inquiry made 11 recommendations. By 1 May 2031 four of them had been carried out.

[list]
Alarms from no_observer lights now ring telephones, and go on ringing until a named person answers.
Every administration has a duty roster for Sundays and holidays.
Buoy positions are checked by a person every morning.
Buoy GL-7 has been replaced.

Three recommendations need new laws; two of these concern passengers: announcements in an emergency, and the counting of
children at the gangway. Verrano's bill on announcements, which would require one within five minutes and in both
languages, passed its second reading on 29 May 2031. The other two are still being drafted. The remaining four
recommendations, on bridge training, radar reflectors, spare batteries and the lighting of evacuation routes, are to be
carried out by the end of 2032, and the annual report will account for them one by one.

## Recorders on every ferry

A voyage recorder was to be on board every passenger ferry by 30 June 2030. On that day it was on board two out of
three. The Plan gives the others until 30 September 2031, after which inspectors will detain a ferry that has none.
Oskerry, with 11 small ferries to fit, asked for more time and instead received help: the Light Dues Fund pays half
the price of a recorder, 4,650 crowns, for any ferry licensed for fewer than 50 passengers.

## Somebody to talk to at night

In 2029 there were 17 coast radio stations with a night watch. In 2030 there were 14. Under decision 7/5 a Shared
Fisheries Channel (SFC) opens on 1 February 2032, with one working frequency for all fishing vessels and a pooled night
watch kept by Skarn Head and Lanternholm in alternate weeks. For the first winter it runs beside the existing stations,
none of which may close before 1 May 2032. The Commission will publish every quarter how long callers had to wait.

[box: IF YOU SEE A LIGHT OUT]
Call the nearest coast radio station or, from 1 October 2031, the Remote Watch Desk. Give the name of the light, the
time and your position. You will be asked for nothing else.

# CHAPTER 5. CHANNELS, TURBINES AND SPAWNING GROUNDS

A safe passage needs depth as well as light. In 2030 the members dredged 1.4 million cubic metres from their channels,
620,000 of them from the approach to Port Ansel. Even so the approach was below its declared depth of 11.5 metres on 43
days, and pilots kept large ships waiting outside.

What is dredged must go somewhere. Cold Bank, the nearest spoil ground, is closed from 1 March to 31 May while flatfish
spawn. Some want the closure to last until 30 June. The harbours want it shorter, or a second ground nearby. The Plan
keeps the dates as they are and pays for a survey of a possible second ground, Orrin Deep, in 2032.

The rule is not an idle one. On 4 and 5 April 2030 a contractor placed 3,200 cubic metres on Cold Bank in the middle of
the season and cost Pellory a penalty of 48,000 crowns. Since January 2031 every dredger has had to report its position
every ten minutes while its doors are open, and the tracks can be seen by anyone at the Customs House.

## The array in Hesper Narrows

Sabelle and Toravia run 16 turbines on the bed of Hesper Narrows, with a capacity of 24 megawatts. They generated 41
gigawatt-hours in 2030, enough for about 11,000 households. Six lit buoys mark them, and no vessel may come within 500
metres.

The Hesper Fishers' Cooperative says that 500 metres drives small boats into the tanker lane, and asks for 250. It has
handed in a year of trawl tracks. The Commission will decide at its eighth session, in March 2032. Until then the zone
stays at 500 metres.

The turbines also disturb the instruments next to them. A blade slows the current that a buoy is there to measure, so
readings taken within 800 metres of a turbine are marked with a star. Three buoys carry the star today. They will be
moved when the last five turbines enter service, which Sabelle and Toravia expect in the autumn of 2032.

## Depth by the day

Until now the declared depth of a channel has been a promise for the whole year. From 1 April 2032 Port Ansel will
publish its depth every morning at six, from the soundings of the day before; the other main harbours follow by the end
of 2034. “Do not ask a pilot to guess,” Jun Halloran of the Harbour Pilots' Union told the Commission in March.

[box: DATES TO REMEMBER]
30 September 2031: recorders on all ferries
1 October 2031: Remote Watch Desk opens
1 February 2032: Shared Fisheries Channel opens
31 December 2033: 120 buoys
31 December 2034: last of the 22 lights automated

# CHAPTER 6. WHO PAYS

The Plan costs 15.6 million crowns over five years. Members' pledges for 2031 come to 2.74 million crowns, and light
dues, which have stood at 0.42 crowns per net ton since 2025, rise to 0.45 crowns on 1 January 2032. It is the first
increase in seven years, and shipowners were consulted.

[table: costs]

Members do not choose what their money is spent on: rule 14 of the financial rules forbids it. What they can do is
read. The accounts of the Light Dues Fund are published every spring, and the annual report says what was bought, what
was lost and what was late.

## Read more

The annual report for 2030 is document MIC/CL/2031/2. The debate on automation is recorded in the summary record of
the 4th meeting of the seventh session, MIC/CL/2031/SR.4. The report of the board of inquiry is document
MIC/CL/2031/5. All can be asked for at the Customs House, Port Ansel, on weekdays between ten and four.
"""

IMPRINT = """
Published by the secretariat of the Commission on Coastal Lights, Customs House, Port Ansel, June 2031. Figures are
those of 1 May 2031 unless another date is given. Money is given in Meridian crowns.

This brochure explains the Safe Passage Plan 2031–2035. It is not a record of the Commission and does not replace the
text of its decisions.
"""

BUOYS_AT_YEAR_END = [
    ("End of year", "Buoys", "Readings delivered"),
    ("2026", "12", "83.0%"),
    ("2027", "27", "86.4%"),
    ("2028", "44", "90.2%"),
    ("2029", "61", "91.3%"),
    ("2030", "84", "96.8%"),
]

LIGHTS_BY_MEMBER = [
    ("Member", "Lights", "With a keeper"),
    ("Brannoch", "66", "4"),
    ("Ithren", "39", "8"),
    ("Kestrane", "51", "1"),
    ("Marisande", "47", "2"),
    ("Oskerry", "23", "3"),
    ("Pellory", "20", "2"),
    ("Sabelle", "58", "4"),
    ("Toravia", "33", "1"),
    ("Verrano", "78", "6"),
]

COSTS = [
    ("What the money is for", "2031–2035, thousand crowns"),
    ("Lights and power supplies", "4,300"),
    ("Tidal Buoy Network", "3,100"),
    ("Remote Watch Desk", "2,900"),
    ("Ferry inspection and recorders", "1,900"),
    ("Fisheries radio", "1,500"),
    ("Seabed surveys and dredging control", "800"),
    ("Logbooks and museum rooms", "100"),
    ("Reserve", "1,000"),
    ("Total", "15,600"),
]

# ---------------------------------------------------------------------------------------------------------------------
# How they are written
# ---------------------------------------------------------------------------------------------------------------------

WRITTEN = datetime(2031, 3, 20, 9, 0, tzinfo=UTC)
PUBLISHED = datetime(2031, 6, 16, 9, 0, tzinfo=UTC)


def blocks(text: str) -> list[str]:
    """The paragraphs of a text; a list or box keeps its lines, everything else becomes one line."""
    parts = [part.strip() for part in text.strip().split("\n\n")]
    return [part if part.startswith("[") else " ".join(part.split()) for part in parts]


def write_summary_record(path: Path) -> None:
    document = docx.Document()
    set_up_pages(document)
    write_title_block(document)
    for block in blocks(SUMMARY_RECORD):
        if block.startswith("# "):
            document.add_heading(block[2:], level=1)
        elif block.startswith("## "):
            document.add_heading(block[3:], level=2)
        elif block == "[table: pledges]":
            write_pledges(document)
        else:
            write_words(document.add_paragraph(), re.sub(r"^(\d+)\. ", r"\1.\t", block))
    add_footnote_part(document)
    document.core_properties.author = "Secretariat of the Commission on Coastal Lights (fictional)"
    document.core_properties.title = "Summary record of the 4th meeting"
    document.core_properties.created = document.core_properties.modified = WRITTEN
    document.core_properties.comments = LABEL
    save_docx(document, path)


def set_up_pages(document: Document) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(3)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Times New Roman", Pt(11)
    normal.paragraph_format.space_after = Pt(8)
    header = section.header.paragraphs[0]
    header.text, header.alignment = "MIC/CL/2031/SR.4", WD_ALIGN_PARAGRAPH.RIGHT


def write_title_block(document: Document) -> None:
    masthead = document.add_table(rows=1, cols=2)
    masthead.cell(0, 0).text = "Meridian Islands Conference"
    masthead.cell(0, 1).text = "MIC/CL/2031/SR.4\nDistr.: General\n20 March 2031"
    document.add_paragraph()
    for line in ("Commission on Coastal Lights", "Seventh session"):
        document.add_paragraph().add_run(line).bold = True
    document.add_heading("Summary record of the 4th meeting", level=0)
    document.add_paragraph().add_run(LABEL).italic = True
    document.add_paragraph("Held at the Customs House, Port Ansel, on Wednesday, 12 March 2031, at 3 p.m.")
    document.add_paragraph("Chair:\tMr. Solvane (Pellory)")
    document.add_paragraph("The meeting was called to order at 3.05 p.m.").runs[0].italic = True


def write_words(paragraph: Paragraph, text: str) -> None:
    """Add `text` to the paragraph, with its bold and italic words and its footnote mark."""
    for piece in re.split(r"(\*\*.+?\*\*|\*.+?\*|\[\^1\])", text):
        if piece == "[^1]":
            add_footnote_mark(paragraph)
        elif piece.startswith("**"):
            paragraph.add_run(piece[2:-2]).bold = True
        elif piece.startswith("*"):
            paragraph.add_run(piece[1:-1]).italic = True
        elif piece:
            paragraph.add_run(piece)


def write_pledges(document: Document) -> None:
    table = document.add_table(rows=1, cols=3, style="Light Grid Accent 1")
    rows = [
        ("Member", "Paid in 2030 (thousand crowns)", "Pledged for 2031 (thousand crowns)"),
        *((member, f"{paid:,}", f"{pledged:,}") for member, paid, pledged in PLEDGES_THOUSAND_CROWNS),
        (
            "Total",
            f"{sum(row[1] for row in PLEDGES_THOUSAND_CROWNS):,}",
            f"{sum(row[2] for row in PLEDGES_THOUSAND_CROWNS):,}",
        ),
    ]
    for number, row in enumerate(rows):
        cells = table.rows[0].cells if number == 0 else table.add_row().cells
        for cell, text in zip(cells, row, strict=True):
            cell.text = text
    document.add_paragraph()


def add_footnote_mark(paragraph: Paragraph) -> None:
    run = paragraph.add_run()
    run.font.superscript = True
    reference = OxmlElement("w:footnoteReference")
    reference.set(qn("w:id"), "1")
    run._r.append(reference)


def add_footnote_part(document: Document) -> None:
    """Give the document its footnotes: python-docx has no call for it, so the part is written as XML."""
    xml = f"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<w:footnotes {nsdecls("w")}>
<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>
<w:footnote w:type="continuationSeparator" w:id="0"><w:p><w:r><w:continuationSeparator/></w:r></w:p></w:footnote>
<w:footnote w:id="1"><w:p><w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:footnoteRef/></w:r>\
<w:r><w:t xml:space="preserve"> {FOOTNOTE}</w:t></w:r></w:p></w:footnote>
</w:footnotes>"""
    content_type = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    part = Part(PackURI("/word/footnotes.xml"), content_type, xml.encode(), document.part.package)
    document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)


def save_docx(document: Document, path: Path) -> None:
    """Save with fixed times, so that the same bytes come out each time."""
    packed = io.BytesIO()
    document.save(packed)
    with zipfile.ZipFile(packed) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            target.writestr(entry, source.read(name), compress_type=zipfile.ZIP_DEFLATED)


NAVY, AMBER, PAPER, MIST, INK = (16, 42, 67), (224, 142, 11), (250, 247, 240), (226, 235, 242), (34, 40, 49)
MARGIN_MM = 18
A5_MM = (148, 210)


class Brochure(FPDF):
    """A small page, with a running head and the page number at the foot of every page but the cover."""

    def __init__(self) -> None:
        super().__init__(format=A5_MM)
        self.core_fonts_encoding = "windows-1252"
        self.set_compression(False)
        self.set_creation_date(PUBLISHED)
        self.set_title("Keeping the Lights: the Safe Passage Plan 2031–2035")
        self.set_author("Commission on Coastal Lights (fictional)")
        self.set_subject(LABEL)
        self.set_producer("tests/make_sample.py")
        self.set_margins(MARGIN_MM, 22, MARGIN_MM)
        self.set_auto_page_break(True, margin=20)
        self.chapter = ""
        self.contents: list[tuple[str, int]] = []

    def header(self) -> None:
        if self.page_no() == 1:
            return
        self.set_font("Helvetica", size=7.5)
        self.set_text_color(*NAVY)
        self.set_xy(MARGIN_MM, 10)
        even = self.page_no() % 2 == 0
        self.cell(0, 5, "Keeping the Lights" if even else "Safe Passage Plan 2031–2035", align="L" if even else "R")
        self.set_draw_color(*AMBER)
        self.set_line_width(0.4)
        self.line(MARGIN_MM, 16, self.w - MARGIN_MM, 16)
        self.set_xy(MARGIN_MM, 22)

    def footer(self) -> None:
        if self.page_no() == 1:
            return
        self.set_font("Helvetica", "B", 8)
        self.set_text_color(*NAVY)
        self.set_xy(MARGIN_MM, -14)
        self.cell(0, 5, str(self.page_no()), align="L" if self.page_no() % 2 == 0 else "R")

    def body_font(self) -> None:
        self.set_font("Times", size=11)
        self.set_text_color(*INK)

    def paragraph(self, text: str, *, indent_mm: float = 0, height_mm: float = 5.3, after_mm: float = 2.4) -> None:
        self.set_x(MARGIN_MM + indent_mm)
        self.multi_cell(0, height_mm, emphasised(text), markdown=True, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(after_mm)


def emphasised(text: str) -> str:
    """`*italic*` as fpdf2 writes it, `__italic__`."""
    return re.sub(r"(?<!\*)\*([^*]+)\*(?!\*)", r"__\1__", text)


def write_brochure(path: Path) -> None:
    """Write the pages twice: only the first run knows on which pages the chapters of the contents begin."""
    first = brochure_pages(contents=[])
    brochure_pages(contents=first.contents).output(str(path))


def brochure_pages(*, contents: list[tuple[str, int]]) -> Brochure:
    pdf = Brochure()
    write_cover(pdf)
    write_contents(pdf, contents)
    for block in blocks(BROCHURE):
        write_block(pdf, block)
    return pdf


def write_block(pdf: Brochure, block: str) -> None:
    name, _, lines = block.partition("\n")
    if block.startswith("# "):
        write_chapter_heading(pdf, block[2:])
    elif block.startswith("## "):
        write_heading(pdf, block[3:])
    elif name == "[list]":
        write_list(pdf, lines.splitlines())
    elif name.startswith("[box: "):
        write_box(pdf, name.removeprefix("[box: ").removesuffix("]"), lines)
    elif name == "[table: members]":
        write_table(pdf, LIGHTS_BY_MEMBER, widths=(46, 30, 35))
    elif name == "[table: buoys]":
        write_table(pdf, BUOYS_AT_YEAR_END, widths=(36, 30, 45))
    elif name == "[table: costs]":
        write_table(pdf, COSTS, widths=(64, 47))
    else:
        pdf.body_font()
        pdf.paragraph(block)


def write_cover(pdf: Brochure) -> None:
    pdf.add_page()
    with pdf.local_context():
        pdf.set_auto_page_break(False)
        draw_lighthouse(pdf)
    pdf.set_xy(MARGIN_MM, 24)
    pdf.set_text_color(255, 255, 255)
    pdf.set_font("Helvetica", "B", 30)
    pdf.multi_cell(0, 13, "KEEPING\nTHE LIGHTS", align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    pdf.set_font("Helvetica", size=13)
    pdf.multi_cell(0, 8, "The Safe Passage Plan 2031–2035", align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    pdf.set_xy(MARGIN_MM, 180)
    pdf.set_font("Helvetica", "B", 9.5)
    pdf.multi_cell(
        0,
        5,
        "Commission on Coastal Lights\nMeridian Islands Conference\nJune 2031",
        align="L",
        new_x=XPos.LMARGIN,
        new_y=YPos.NEXT,
    )
    pdf.set_font("Helvetica", size=6.5)
    pdf.set_xy(MARGIN_MM, 198)
    pdf.multi_cell(0, 3.2, LABEL, align="L")
    pdf.set_auto_page_break(True, margin=20)


def draw_lighthouse(pdf: Brochure) -> None:
    """A light at night: sky, two beams, a banded tower on a rock, and the sea."""
    pdf.set_fill_color(*NAVY)
    pdf.rect(0, 0, pdf.w, pdf.h, style="F")
    lamp = (104.0, 88.0)
    with pdf.local_context(fill_opacity=0.28):
        pdf.set_fill_color(255, 214, 120)
        pdf.polygon([lamp, (0, 66), (0, 104)], style="F")
        pdf.polygon([lamp, (pdf.w, 76), (pdf.w, 98)], style="F")
    for number in range(5):
        top, bottom = 94 + number * 13, 107 + number * 13
        half_top, half_bottom = 5 + number * 0.9, 5 + (number + 1) * 0.9
        pdf.set_fill_color(*(PAPER if number % 2 == 0 else (176, 48, 40)))
        pdf.polygon(
            [(104 - half_top, top), (104 + half_top, top), (104 + half_bottom, bottom), (104 - half_bottom, bottom)],
            style="F",
        )
    pdf.set_fill_color(*PAPER)
    pdf.rect(97, 92.4, 14, 1.8, style="F")
    pdf.set_fill_color(*AMBER)
    pdf.rect(100.5, 84, 7, 8.4, style="F")
    pdf.set_fill_color(176, 48, 40)
    pdf.polygon([(99, 84), (109, 84), (104, 77.5)], style="F")
    pdf.set_fill_color(9, 25, 42)
    pdf.polygon([(76, 172), (88, 160), (97, 158), (112, 157.5), (124, 163), (136, 172)], style="F")
    pdf.set_fill_color(24, 66, 100)
    pdf.rect(0, 168, pdf.w, pdf.h - 168, style="F")
    pdf.set_draw_color(90, 132, 165)
    pdf.set_line_width(0.3)
    for x, y, length in ((12, 172, 30), (60, 174, 22), (98, 171.5, 34), (30, 176.5, 18), (112, 176, 24)):
        pdf.line(x, y, x + length, y)


def write_contents(pdf: Brochure, contents: list[tuple[str, int]]) -> None:
    pdf.add_page()
    pdf.set_font("Helvetica", "B", 13)
    pdf.set_text_color(*NAVY)
    pdf.cell(0, 8, "CONTENTS", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    pdf.ln(2)
    pdf.set_font("Helvetica", size=9)
    pdf.set_text_color(*INK)
    for title, page in contents:
        pdf.cell(90, 7, title.partition(". ")[2], align="L")
        pdf.cell(0, 7, str(page), align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    pdf.ln(62)
    pdf.set_font("Times", "B", 9.5)
    pdf.paragraph(LABEL, height_mm=4.6)
    pdf.set_font("Times", size=9.5)
    for block in blocks(IMPRINT):
        pdf.paragraph(block, height_mm=4.6)


def write_chapter_heading(pdf: Brochure, title: str) -> None:
    pdf.add_page()
    pdf.contents.append((title, pdf.page_no()))
    pdf.set_font("Helvetica", "B", 13)
    pdf.set_text_color(*NAVY)
    pdf.multi_cell(0, 6.5, title, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    pdf.ln(4)


def write_heading(pdf: Brochure, title: str) -> None:
    if pdf.will_page_break(22):
        pdf.add_page()
    pdf.ln(1)
    pdf.set_font("Helvetica", "B", 11)
    pdf.set_text_color(*AMBER)
    pdf.multi_cell(0, 6, title, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    pdf.ln(1)


def write_list(pdf: Brochure, items: list[str]) -> None:
    pdf.body_font()
    for item in items:
        pdf.paragraph(f"•  {item}", indent_mm=3, after_mm=0.8)
    pdf.ln(1.6)


def write_box(pdf: Brochure, title: str, text: str) -> None:
    """A tinted panel, kept whole: prose is folded, short lines stay lines."""
    lines = text.splitlines()
    if any(len(line) > 80 for line in lines):
        lines = [" ".join(lines)]
    width_mm = pdf.epw - 10
    pdf.set_font("Helvetica", size=9.5)
    heights_mm = [pdf.multi_cell(width_mm, 5, line, align="L", dry_run=True, output="HEIGHT") for line in lines]
    height_mm = sum(heights_mm) + 12
    if pdf.will_page_break(height_mm + 3):
        pdf.add_page()
    top_mm = pdf.get_y() + 1.5
    pdf.set_fill_color(*MIST)
    pdf.rect(MARGIN_MM, top_mm, pdf.epw, height_mm, style="F")
    pdf.set_fill_color(*AMBER)
    pdf.rect(MARGIN_MM, top_mm, 1.2, height_mm, style="F")
    pdf.set_xy(MARGIN_MM + 5, top_mm + 3)
    pdf.set_font("Helvetica", "B", 9.5)
    pdf.set_text_color(*NAVY)
    pdf.cell(width_mm, 5, title, new_x=XPos.LEFT, new_y=YPos.NEXT)
    pdf.ln(1)
    pdf.set_font("Helvetica", size=9.5)
    pdf.set_text_color(*INK)
    for line in lines:
        pdf.set_x(MARGIN_MM + 5)
        pdf.multi_cell(width_mm, 5, line, align="L", new_x=XPos.LEFT, new_y=YPos.NEXT)
    pdf.set_xy(MARGIN_MM, top_mm + height_mm + 4)


def write_table(pdf: Brochure, rows: list[tuple[str, ...]], *, widths: tuple[int, ...]) -> None:
    pdf.set_font("Helvetica", size=9)
    pdf.set_text_color(*INK)
    pdf.set_draw_color(*NAVY)
    pdf.set_fill_color(255, 255, 255)
    pdf.set_line_width(0.2)
    heading = FontFace(emphasis="BOLD", color=255, fill_color=NAVY)
    align = ("LEFT", *("RIGHT" for _ in widths[1:]))
    with pdf.table(
        col_widths=widths,
        width=sum(widths),
        text_align=align,
        headings_style=heading,
        line_height=5.6,
        borders_layout="HORIZONTAL_LINES",
        align="LEFT",
    ) as table:
        for row in rows:
            table.row(row)
    pdf.ln(4)


if __name__ == "__main__":
    SAMPLE.mkdir(exist_ok=True)
    write_summary_record(SAMPLE / "summary-record.docx")
    write_brochure(SAMPLE / "brochure.pdf")
