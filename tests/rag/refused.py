"""What the three small records do not answer, and what is no question, by the code of the refusal it meets."""

from onrecord.rag.query.question import MAX_QUESTION_CHARS

QUESTIONS = {
    "not_answered": "Did anybody mention volcanic ash?",
    "no_paragraph": "What does paragraph 900 say?",
    "unknown_name": "What did Brazil say about the herring quota?",
    "unrelated_name": "Did Verrano approve the dredging budget?",
    "other_unit": "How many tonnes of plastic do fishers collect?",
    "no_money": "How much money was spent on gillnets?",
    "no_share": "What percentage of the spawning grounds is protected?",
    "no_duration": "How long is night pilotage?",
    "no_person": "What is the name of the owner of the gillnets?",
    "no_number": "How many spawning grounds are there?",
    "no_date": "On what date was the stock survey published?",
    "no_state": "Which countries have discarded nets?",
    "no_expansion": "What does HB stand for?",
}
NOT_ASKABLE = {"empty_question": "???", "too_long": "q" * (MAX_QUESTION_CHARS + 1)}
COURTESIES = {"greeting": "Good morning!", "thanks": "Merci beaucoup.", "help": "What can you do?"}
