"""Ask a folder of records one question:  python ask_script.py FOLDER "What did Norway say?" """

import sys

from onrecord.rag import open_library

folder, question = sys.argv[1:]
with open_library("library") as library:
    library.ingest([folder])
    answer = library.ask(question)
print(answer.text)
for citation in answer.citations:
    print(f"[{citation.number}] {citation.label}: {citation.quote}")
