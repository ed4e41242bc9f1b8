"""Web pages fetched from a server on this machine: what is taken, and everything that is refused."""

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from onrecord.ingest.fetch import fetch, in_ascii, is_address
from onrecord.ingest.ingest import ingest
from onrecord.ingest.parse import Limits
from onrecord.vectorstore.errors import UnreadableFile
from onrecord.vectorstore.store import Store

from ..fakes import HashEmbedder

PAGE = (
    b"<!DOCTYPE html><html><head><title>The light is lit</title><link rel=stylesheet href=/style.css>"
    b"<script src=/script.js></script></head><body><h1>The light is lit</h1><p>The light on Gannet Ledge was out for "
    b"nine hours.</p><img src=/picture.png><iframe src=/frame.html></iframe><a href=/other.html>More</a></body></html>"
)


class Server(BaseHTTPRequestHandler):
    """Pages that are as they should be, and others; remembers what it was asked for."""

    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        place = self.path.strip("/").split("/")
        if place[0] == "to":
            self.answer(
                302, Location={"file": "file:///etc/hostname", "loop": "/to/loop"}.get(place[1], f"/{place[1]}")
            )
        elif place[0] == "page":
            self.answer(200, PAGE)
        elif place[0] == "words.pdf":
            self.answer(200, PAGE, **{"Content-Type": "application/pdf"})
        elif place[0] == "large":
            self.answer(200, b"x" * (2 << 20))
        elif place[0] == "drip":
            self.drip()
        elif place[0] == "silence":
            time.sleep(1.5)
        elif place[0] == "nonsense":
            self.wfile.write(b"220 this is a mail server\r\n\r\n")
        else:
            self.answer(404, b"<html>There is no such page, says a page.</html>")

    def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            pass  # who asked has seen enough

    def drip(self) -> None:
        """Sends without end, until nobody takes it any more."""
        self.send_response(200)
        self.end_headers()
        try:
            while True:
                self.wfile.write(b"x")
                time.sleep(0.05)
        except OSError:
            pass

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def site() -> Iterator[tuple[str, list[str]]]:
    """Address of a server, and the list of what it is asked for."""
    asked: list[str] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Asked", (Server,), {"asked": asked}))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    thread.join()
    server.server_close()


def refusal(address: str, **options: float) -> str:
    with pytest.raises(UnreadableFile) as caught:
        fetch(address, allow_private=True, **options)  # pyright: ignore[reportArgumentType]
    assert caught.value.source == address
    assert "\n" not in caught.value.reason
    return caught.value.reason


def test_a_page_comes_as_it_is_and_nothing_it_links_to(site: tuple[str, list[str]]) -> None:
    address, asked = site
    assert fetch(f"{address}/page", allow_private=True) == PAGE
    assert asked == ["/page"]


def test_redirects_are_followed(site: tuple[str, list[str]]) -> None:
    address, asked = site
    assert fetch(f"{address}/to/page", allow_private=True) == PAGE
    assert asked == ["/to/page", "/page"]


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "127.1", "2130706433", "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]"]
)
def test_this_machine_is_not_reached_unless_that_is_allowed(site: tuple[str, list[str]], host: str) -> None:
    address, asked = site
    with pytest.raises(UnreadableFile, match="on this machine or in a private network; allow that with --allow-priv"):
        fetch(address.replace("127.0.0.1", host) + "/page")
    assert asked == []


@pytest.mark.parametrize(
    "host",
    [
        "10.0.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "[fd00::1]",
        "[::ffff:10.0.0.1]",
        "[64:ff9b::a00:1]",
        "[2002:a00:1::]",
    ],
)
def test_private_networks_are_not_reached(host: str) -> None:
    with pytest.raises(UnreadableFile, match="private network"):
        fetch(f"http://{host}/", timeout_s=0.5)


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/to/file", "it redirects to file:///etc/hostname, which is not a web address"),
        ("/to/loop", "it redirects more than 5 times"),
        ("/none", "the server answers with status 404"),
    ],
)
def test_pages_that_are_none(site: tuple[str, list[str]], path: str, reason: str) -> None:
    assert refusal(site[0] + path) == reason


def test_too_large_a_page_is_not_taken_whole(site: tuple[str, list[str]]) -> None:
    assert refusal(site[0] + "/large", limit_mb=1) == "it is larger than 1 MB"


def test_a_server_that_drips_is_left(site: tuple[str, list[str]]) -> None:
    assert refusal(site[0] + "/drip", timeout_s=0.2) == "the server sends it too slowly"


def test_a_server_that_says_nothing_or_nonsense_is_left(site: tuple[str, list[str]]) -> None:
    assert "ReadTimeout" in refusal(site[0] + "/silence", timeout_s=0.3)
    assert "it cannot be fetched" in refusal(site[0] + "/nonsense")


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("http://nowhere.invalid/", "there is no host nowhere.invalid"),
        ("http://", "not a web address"),
        ("http:///path", "not a web address"),
        ("http://[::1", "not a web address"),
        ("http://127.0.0.1:99999/", ""),
        ("http://127.0.0.1:1/", "it cannot be fetched"),
        ("http://" + "a" * 300 + ".invalid/", ""),
        ("http://ex ample.invalid/", ""),
        ("http://127.0.0.1:1/\r\nX-More: headers", ""),
    ],
)
def test_addresses_that_lead_nowhere(address: str, reason: str) -> None:
    assert reason in refusal(address, timeout_s=1)


def test_addresses_in_any_script_are_read(site: tuple[str, list[str]]) -> None:
    address, asked = site
    assert fetch(f"{address}/page/Bücher und 文書?q=été%20#Über", allow_private=True) == PAGE
    assert asked == ["/page/B%C3%BCcher%20und%20%E6%96%87%E6%9B%B8?q=%C3%A9t%C3%A9%20"]
    assert in_ascii("https://me@Bücher.example:8443/a/b") == "https://me@xn--bcher-kva.example:8443/a/b"
    assert in_ascii("https://example.org/a%20b?c=d&e=f") == "https://example.org/a%20b?c=d&e=f"
    # A name whose dots are of another script is looked up, and checked, as what it means.
    with pytest.raises(UnreadableFile, match="private network"):
        fetch(address.replace("127.0.0.1", "127。0。0。1") + "/page")


def test_what_is_an_address() -> None:
    assert is_address("HTTPS://example.org")
    assert not any(map(is_address, ("page.html", "file:///page.html", "ftp://example.org", "http")))


@pytest.mark.slow
def test_pages_are_ingested_by_what_they_are_and_the_others_named(site: tuple[str, list[str]], tmp_path: Path) -> None:
    address, asked = site
    store = Store(tmp_path / "library", embedder=HashEmbedder())
    sources = [f"{address}/{page}" for page in ("words.pdf", "none", "large", "to/file")]
    report = ingest(store, sources, allow_private=True, limits=Limits(file_mb=1))
    assert (report.added, len(report.failed)) == (1, 3)
    assert [listing.media_type for listing in store.listings()] == ["text/html"]
    assert [failure.source for failure in report.failed] == sources[1:]
    assert not {"/style.css", "/script.js", "/picture.png", "/frame.html", "/other.html"} & set(asked)
    assert ingest(store, sources[:1], allow_private=True).unchanged == 1
    assert ingest(store, [tmp_path, *sources[:1]], allow_private=True, prune=True).removed == 0
    refused = ingest(store, sources[:1])
    assert "--allow-private" in refused.failed[0].error
    assert refused.documents == 1
    store.close()
