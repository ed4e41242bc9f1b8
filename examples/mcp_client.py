"""What an agent's host does over MCP with a running server:  python mcp_client.py URL "What did Norway say?" """

import asyncio
import sys

from mcp import Client
from mcp.types import TextContent


async def main(address: str, question: str) -> None:
    """Lists the server's tools and asks a question with one of them."""
    async with Client(f"{address}/mcp") as client:
        print("Tools:", ", ".join(tool.name for tool in (await client.list_tools()).tools))
        result = await client.call_tool("ask", {"question": question})
        print("\n".join(part.text for part in result.content if isinstance(part, TextContent)))


asyncio.run(main(*sys.argv[1:]))
