"""OpenAI's client chats with a running server:  python openai_chat.py URL "What did Norway say?" "And Mexico?" """

import sys
from typing import Any

from openai import OpenAI

address, *questions = sys.argv[1:]
messages: list[Any] = []
with OpenAI(base_url=f"{address}/v1", api_key="a key of your server, if it has any") as client:
    for question in questions:
        messages.append({"role": "user", "content": question})
        written, citations = "", list[dict[str, Any]]()
        for chunk in client.chat.completions.create(model="onrecord", messages=messages, stream=True):
            delta = chunk.choices[0].delta
            written += delta.content or ""
            citations = (delta.model_extra or {}).get("citations", citations)
        messages.append({"role": "assistant", "content": written})
        print(written)
        for citation in citations:
            print(f"[{citation['number']}] {citation['label']}")
