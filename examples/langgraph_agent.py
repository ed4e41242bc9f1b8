"""An agent that asks the records:  MODEL=openai:gpt-5 python langgraph_agent.py "What did Norway say?" """

import os
import sys
from typing import Any

from langchain.agents import create_agent
from langchain_core.messages import ToolMessage

from onrecord.rag import Answer, open_library

RULES = "Answer from the tool alone. Cite each statement with the label that stands before its quote."
with open_library("library") as library:
    agent: Any = create_agent(os.environ.get("MODEL", "openai:gpt-5"), tools=[library.as_tool()], system_prompt=RULES)
    state = agent.invoke({"messages": [{"role": "user", "content": sys.argv[1]}]})
print(state["messages"][-1].text)
for message in state["messages"]:
    if isinstance(message, ToolMessage) and isinstance(message.artifact, Answer):  # the whole answer, for your program
        print("Sources:", "; ".join(citation.label for citation in message.artifact.citations))
