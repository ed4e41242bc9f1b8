"""Every document of the library as a resource, to be read whole."""

from typing import Any

import anyio.to_thread
from mcp.shared.exceptions import MCPError
from mcp_types import (
    INVALID_PARAMS,
    ListResourcesResult,
    ListResourceTemplatesResult,
    PaginatedRequestParams,
    ReadResourceRequestParams,
    ReadResourceResult,
    Resource,
    ResourceTemplate,
    TextResourceContents,
)

from ....vectorstore.passage import Document
from .tool import Room

URI = "onrecord://documents/"
_PAGE = 100


class Resources(Room):
    """Every document of the library, to be read whole."""

    async def list(self, _ctx: Any, params: PaginatedRequestParams | None) -> ListResourcesResult:
        """Documents, a hundred at a time; the cursor is the number of those already told."""
        cursor = params.cursor if params and params.cursor else "0"
        if not cursor.isdigit():
            raise MCPError(code=INVALID_PARAMS, message="This cursor was not issued by this server.")
        first = int(cursor)
        listings = await anyio.to_thread.run_sync(lambda: self._library.documents())
        told = [
            Resource(
                uri=f"{URI}{listing.id}", name=listing.symbol or listing.title, title=listing.title,
                description=", ".join(part for part in (listing.symbol, listing.date, listing.source) if part),
                mime_type="text/plain", size=None,
            )
            for listing in listings[first : first + _PAGE]
        ]  # fmt: skip
        following = first + _PAGE
        return ListResourcesResult(resources=told, next_cursor=str(following) if following < len(listings) else None)

    async def templates(self, _ctx: Any, _params: PaginatedRequestParams | None) -> ListResourceTemplatesResult:
        """The one kind of address there is."""
        template = ResourceTemplate(
            uri_template=URI + "{id}", name="document", title="A record's whole text", mime_type="text/plain",
            description="The stored text; a citation's start and end count its characters.",
        )  # fmt: skip
        return ListResourceTemplatesResult(resource_templates=[template])

    async def read(self, _ctx: Any, params: ReadResourceRequestParams) -> ReadResourceResult:
        """A document's stored text."""
        uri = str(params.uri)
        document: Document | None = None
        if uri.startswith(URI):
            document = await anyio.to_thread.run_sync(lambda: self._library.store.document(uri.removeprefix(URI)))
        if document is None:
            raise MCPError(code=INVALID_PARAMS, message=f"There is no document {uri[:120]}.", data={"uri": uri})
        text = TextResourceContents(uri=params.uri, text=document.text, mime_type="text/plain")
        return ReadResourceResult(contents=[text])
