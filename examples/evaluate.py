"""Measures the sample records from Python: `python examples/evaluate.py`."""

from onrecord.evals import assert_at_least, cases, run
from onrecord.rag import open_library

with open_library(".library/evaluate") as library:
    library.ingest(["sample"])
    result = run(library, cases("examples/sample_cases.jsonl"))
assert_at_least(result, verbatim=1.0, key_facts=0.5)
print({name: round(value, 3) for name, value in result.measures.items() if value is not None})
