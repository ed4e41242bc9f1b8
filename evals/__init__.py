"""How good the answers are: cases, measures, runs and their tables.

Reading order: `cases` (what is asked and what is right), `quotes` (where a gold quote stands), `measures` (one
function each), `run` (ask everything, add it up), `table` (show it).
"""
