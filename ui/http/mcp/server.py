"""The Model Context Protocol's door: agents ask the records, search them, read on, keep what they find.

The same server speaks streamable HTTP (`McpDoor`, at /mcp) and standard input and output (`serve_stdio`). Tools answer
twice: as text that says how to cite, and as the structured value that HTTP gives too. The SDK's low-level server is
used because its other one sets up the whole program's logging.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from typing import Any

import anyio.to_thread
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.shared.exceptions import MCPError
from mcp_types import (
    INVALID_PARAMS,
    CallToolRequestParams,
    CallToolResult,
    ListToolsResult,
    PaginatedRequestParams,
    TextContent,
)
from pydantic import ValidationError
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from ....rag.answer import Answer
from ....rag.library import Library
from ....vectorstore.errors import OnRecordError
from ...access.caller import ANYBODY, Caller, caller_of
from ..metrics import Metrics
from ..tracing import Tracing
from .asking import Asking
from .reading import Reading
from .resources import Resources
from .tool import HERE, Call
from .work import Work

INSTRUCTIONS = """This server holds records: minutes, reports, statements. Use `ask` for questions; it answers with \
exact quotes and says so when the records do not answer. Cite each statement with the label that comes with its quote, \
for example (MIC/CL/2031/SR.4, para. 39), copy quotes word for word, and never attribute to the records what no quote \
supports. Use `search` to look further, `read_passage` to read the text around a quote before you rely on it, and \
`check` to hold what is written against the records. What is worth keeping goes into a notebook with `keep_quote`; \
`list_news` tells what is new on what is watched."""


def build_server(
    library: Library,
    *,
    answered: Callable[[Answer], None] | None = None,
    tracing: Tracing | None = None,
    reader: Caller = ANYBODY,
    calling: Callable[[Any], Call] = lambda _: HERE,
) -> Server[Any]:
    """The protocol's server over a library, for those who may read what `reader` may; `answered` is told every answer,
    `calling` tells whose request it is."""
    tools = _Tools(library, reader, answered or (lambda _: None), tracing or Tracing(), calling)
    resources = Resources(library, reader)
    return Server(
        "onrecord",
        title="On Record",
        version=version("onrecord"),
        instructions=INSTRUCTIONS,
        on_list_tools=tools.list,
        on_call_tool=tools.call,
        on_list_resources=resources.list,
        on_list_resource_templates=resources.templates,
        on_read_resource=resources.read,
    )


def serve_stdio(library: Library) -> None:
    """Serves one client on standard input and output until it hangs up."""

    async def run() -> None:
        server = build_server(library)
        async with stdio_server() as (incoming, outgoing):
            await server.run(incoming, outgoing, server.create_initialization_options())

    asyncio.run(run())


class McpDoor:
    """Streamable HTTP as an ASGI endpoint. It keeps no sessions, so that any process can take any request.

    It starts when first called: an application mounted into another's is told of no beginning. Those who may read
    other collections have another server.
    """

    def __init__(self, library: Library, metrics: Metrics, tracing: Tracing) -> None:
        self._server = partial(build_server, library, answered=metrics.count_answer, tracing=tracing, calling=_call_of)
        self._doors: dict[tuple[str, ...] | None, _Door] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        seen = caller_of(scope).collections
        if seen not in self._doors:
            self._doors[seen] = _Door(self._server(reader=Caller(collections=seen)))
        manager = await self._doors[seen].started()
        await manager.handle_request(scope, receive, send)

    async def close(self) -> None:
        """Ends what was started."""
        for door in self._doors.values():
            await door.close()


class _Door:
    """One server of the protocol, as long as its loop runs."""

    def __init__(self, server: Server[Any]) -> None:
        self._server = server
        self._running: tuple[asyncio.AbstractEventLoop, asyncio.Task[None], asyncio.Event] | None = None
        self._manager: StreamableHTTPSessionManager | None = None

    async def close(self) -> None:
        """Ends it."""
        if self._running is not None and self._running[0] is asyncio.get_running_loop():
            _, task, stop = self._running
            self._running = None
            stop.set()
            await task

    async def started(self) -> StreamableHTTPSessionManager:
        """What takes requests, started where it has not been."""
        loop = asyncio.get_running_loop()
        if self._running is None or self._running[0] is not loop or self._manager is None:
            manager = StreamableHTTPSessionManager(self._server, stateless=True, json_response=True)
            ready, stop = asyncio.Event(), asyncio.Event()

            async def run() -> None:
                async with manager.run():
                    ready.set()
                    await stop.wait()

            self._manager, self._running = manager, (loop, asyncio.create_task(run()), stop)
            self._ready = ready
        await self._ready.wait()
        return self._manager


class _Tools:
    """Every tool there is, by name."""

    def __init__(
        self,
        library: Library,
        reader: Caller,
        answered: Callable[[Answer], None],
        tracing: Tracing,
        calling: Callable[[Any], Call],
    ) -> None:
        self._calling = calling
        rooms = (Asking(library, reader, answered, tracing), Reading(library, reader), Work(library, reader))
        self._known = {tool.told.name: tool for room in rooms for tool in room.all()}

    async def list(self, _ctx: Any, _params: PaginatedRequestParams | None) -> ListToolsResult:
        """The tools there are."""
        return ListToolsResult(tools=[tool.told for tool in self._known.values()])

    async def call(self, ctx: Any, params: CallToolRequestParams) -> CallToolResult:
        """Calls a tool; what is wrong with the arguments is told to the agent as the result."""
        if params.name not in self._known:
            raise MCPError(code=INVALID_PARAMS, message=f"There is no tool {params.name!r}.")
        tool = self._known[params.name]
        calling = self._calling(ctx.request)
        if lacking := sorted(need for need in tool.needs if not calling.may(need)):
            return _failed(_refusal(lacking[-1]))
        try:
            arguments = tool.takes.model_validate(params.arguments or {})
            text, value = await anyio.to_thread.run_sync(tool.does, arguments, calling)
        except ValidationError as error:
            faults = "; ".join(f"{'.'.join(map(str, f['loc']))}: {f['msg']}" for f in error.errors()[:3])
            return _failed(f"The arguments cannot be used: {faults}.")
        except OnRecordError as error:
            return _failed(str(error))
        return CallToolResult(content=[TextContent(type="text", text=text)], structured_content=dict(value))


def _call_of(request: Request | None) -> Call:
    """Whoever calls, as the gate found them; nobody in particular where it did not."""
    if request is None:
        return Call()
    return Call(caller=caller_of(request.scope), is_from_here=bool(request.scope.get("is_from_here")))


def _refusal(lacking: str) -> str:
    if lacking == "delete":
        return "Pages of other sites may never delete anything."
    return f"This needs a key with the scope {lacking}: onrecord keys create NAME --scope {lacking}"


def _failed(says: str) -> CallToolResult:
    return CallToolResult(content=[TextContent(type="text", text=says)], is_error=True)
