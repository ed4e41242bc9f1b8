"""A Flask application that answers from records:  flask --app flask_app run"""

from collections.abc import Mapping

from flask import Flask, request

from onrecord.rag import OnRecordError, open_library
from onrecord.rag.schema import answer_json

app = Flask(__name__)
library = open_library("library")  # one for the whole process; threads share it


@app.get("/ask")
def ask() -> Mapping[str, object]:
    """An answer as JSON: `/ask?q=What did the Commission decide?`."""
    return answer_json(library.ask(request.args.get("q", "")))


@app.errorhandler(OnRecordError)
def explain(error: OnRecordError) -> tuple[dict[str, str], int]:
    """Every error of On Record says in one sentence what to do."""
    return {"error": str(error)}, 400
