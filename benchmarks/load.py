"""Loads a real server over the sample records as a bad day would, and counts what came of it.

    python benchmarks/load.py [--users 50] [--minutes 5] [--rounds 1] [--pause 1.0] [--patience 10] [--after 60]
                              [--seed 1]

Each of the users has a key and an address of their own, and asks (half of the requests), asks for a stream, searches or
reads documents; waits for the answer, then pauses for up to twice `--pause` seconds. Meanwhile *one user* asks a
question every few seconds, `onrecord ingest` reads records that have changed again and again, streams are cut off,
slow clients send half a head, half a body, or a head drop by drop, and files come in that are broken, too large or of
the wrong type. A *greedy user* searches more often at once, and in a minute, than one may, and somebody takes all
connections from time to time. `--patience` is the server's ONRECORD_BODY_TIMEOUT_S; its other limits are set lower than
they are by default, so that they are reached (`limits`). With `--rounds` all of that is done so often, on one server.

*busy* is an answer with status 409, 429 or 503 that says when to try again; *refused* one with another status that its
sender was to expect. Everything else is an error, and so is a stream that does not end with its answer, a slow client
that is kept, a line in the server's log, or a library that is not sound afterwards: status 1. Times are those of
answers, from the request to the last byte. Memory is the server's own, resident, as Linux tells it.
"""

import argparse
import asyncio
import json
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import httpx
from killing import Server
from loading import AT_ONCE, CONNECTIONS, WAYS, Tally, hostile, limits, resident_mb, table

from onrecord.ui.http.keys import Keys
from onrecord.vectorstore.store import Store

ROOT = Path(__file__).parents[1]
ONRECORD = Path(sys.executable).with_name("onrecord")
BETWEEN_S = 3.0
"""Between the questions of one user, and between ingests, as a rule."""
GRACE_S = 5.0
"""How much later than told a loaded server may let a slow client go."""
SLOW, CUT = 6, 3
"""How many slow clients there are, and how many cut their streams off."""
TAKEN_EVERY_S = 15.0
"""How often all connections are taken, as a rule."""
EXAMPLES = 12


class Load:
    """All who want something of the server at `address`, until it is `over`."""

    def __init__(self, given: argparse.Namespace, address: tuple[str, int], keys: dict[str, str], tally: Tally) -> None:
        self.given, self.address, self.keys, self.tally = given, address, keys, tally
        self.over = time.monotonic() + given.minutes * 60
        cases = (ROOT / "examples" / "sample_cases.jsonl").read_text(encoding="utf-8").splitlines()
        self.questions = [json.loads(case)["question"] for case in cases]
        self.client = httpx.AsyncClient(
            base_url="http://{}:{}".format(*address), timeout=120, trust_env=False,
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=given.users),
        )  # fmt: skip

    def headers(self, user: str) -> dict[str, str]:
        """A user's key and address, as a proxy would tell it."""
        number = list(self.keys).index(user) + 1
        return {"Authorization": f"Bearer {self.keys[user]}", "X-Forwarded-For": f"192.0.2.{number}"}

    async def until_over(self, what: str, act: Callable[[random.Random], Awaitable[None]], pause_s: float) -> None:
        """Acts and pauses, again and again."""
        chance = random.Random(f"{self.given.seed} {what}")
        while time.monotonic() < self.over:
            try:
                await act(chance)
            except (httpx.HTTPError, OSError) as error:
                self.tally.error(what, f"{type(error).__name__}: {error}")
            await asyncio.sleep(chance.uniform(0, 2 * pause_s))

    # --- who asks ------------------------------------------------------------------------------------------------

    async def want(self, user: str, way: str, chance: random.Random, what: str | None = None) -> None:
        """One request of a user, to its end."""
        question = chance.choice(self.questions)
        sent: dict[str, dict[str, Any]] = {
            "ask": {"method": "POST", "url": "/api/ask", "json": {"question": question}},
            "stream": {"method": "POST", "url": "/api/ask/stream", "json": {"question": question}},
            "search": {"method": "POST", "url": "/api/search", "json": {"query": question}},
            "documents": {"method": "GET", "url": "/api/documents"},
        }
        began = time.monotonic()
        reply = await self.client.request(**sent[way], headers=self.headers(user))
        took_s = time.monotonic() - began
        if reply.status_code != 200:
            return await self.tally.refusal(what or way, reply)
        if way == "stream" and "event: answer\n" not in reply.text:
            return self.tally.error(way, f"a stream without its answer: {reply.text[-200:]}")
        self.tally.answered(what or way, user, took_s)
        if way == "documents":
            read = chance.choice(reply.json()["documents"])["id"]
            reply = await self.client.get(f"/api/documents/{read}/text", headers=self.headers(user))
            if reply.status_code != 200:  # it may have been replaced meanwhile
                await self.tally.refusal(way, reply, (404,))

    async def crowd(self, user: str, chance: random.Random) -> None:
        await self.want(user, chance.choices(list(WAYS), list(WAYS.values()))[0], chance)

    async def one(self, chance: random.Random) -> None:
        await self.want("one user", "ask", chance, "one user")

    async def greedy(self, chance: random.Random) -> None:
        """Searches half as often again at once as one may, and comes back sooner than told."""
        query = {"query": chance.choice(self.questions)}

        async def search() -> None:
            began = time.monotonic()
            reply = await self.client.post("/api/search", json=query, headers=self.headers("greedy user"))
            if reply.status_code == 200:
                self.tally.answered("greedy user", "greedy user", time.monotonic() - began)
            else:
                await self.tally.refusal("greedy user", reply, waits=False)

        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE * 3 // 2):
                group.create_task(search())

    # --- who does harm -------------------------------------------------------------------------------------------

    async def cut(self, chance: random.Random) -> None:
        """Asks for a stream and hangs up, before or after its first piece."""
        asked = {"question": chance.choice(self.questions)}
        with suppress(httpx.TimeoutException):
            async with self.client.stream(
                "POST", "/api/ask/stream", json=asked, headers=self.headers("cut"), timeout=chance.choice((0.05, 120))
            ) as reply:
                if reply.status_code != 200:
                    await reply.aread()
                    return await self.tally.refusal("streams cut off", reply)
                async for _ in reply.aiter_raw(64):
                    break
        self.tally.came["streams cut off"]["done"] += 1

    async def slow(self, chance: random.Random) -> None:
        """Sends half of something, and waits until the server hangs up."""
        what = chance.choice(("half a head", "half a body", "a head drop by drop"))
        reader, writer = await asyncio.open_connection(*self.address)
        head = f"POST /api/ask HTTP/1.1\r\nHost: {self.address[0]}\r\n"
        if what == "half a body":
            told = "".join(f"{name}: {value}\r\n" for name, value in self.headers("slow").items())
            head += f'{told}Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{{"question"'
        writer.write(head.encode())
        began, answered, ended = time.monotonic(), b"", False
        while not ended and time.monotonic() - began < self.given.patience + GRACE_S:
            with suppress(TimeoutError, ConnectionError):
                piece = await asyncio.wait_for(reader.read(1000), 1)
                answered, ended = answered + piece, not piece or b"408" in answered + piece
            ended = ended or reader.at_eof() or writer.is_closing()
            if what == "a head drop by drop" and not ended:
                writer.write(b"X")
        writer.close()
        if ended:
            self.tally.came["slow clients"]["let go"] += 1
        else:
            self.tally.error("slow clients", f"{what} was waited for longer than {self.given.patience + GRACE_S} s")

    async def take_all(self, chance: random.Random) -> None:
        """Takes connections until there are none left, and lets go of them."""
        taken = [await asyncio.open_connection(*self.address) for _ in range(CONNECTIONS + 1)]
        says = [asyncio.create_task(reader.read()) for reader, _ in taken]
        try:
            done, _ = await asyncio.wait(says, timeout=self.given.patience / 2, return_when=asyncio.FIRST_COMPLETED)
            told = [each.result() for each in done]
            if told and all(each.startswith(b"HTTP/1.1 503") and b"Retry-After" in each for each in told):
                self.tally.came["connections"]["all taken"] += 1
            else:
                self.tally.error("connections", f"{len(taken)} were let in, or told {told}")
        finally:
            for each, (_, writer) in zip(says, taken, strict=True):
                each.cancel()
                writer.close()

    async def harm(self, chance: random.Random) -> None:
        """Sends a file that cannot be read, or must not be taken."""
        name, content = chance.choice(list(hostile(chance).items()))
        sent: dict[str, Any] = {"files": {"files": (name, content)}}
        user = "uploads"
        if name == "not-multipart":
            sent = {"json": {"files": "x"}}
        elif name == "no-boundary":
            sent = {"content": content, "headers": {"Content-Type": "multipart/form-data"}}
        elif name == "not-allowed.txt":
            user = "one user"
        sent["headers"] = {**sent.get("headers", {}), **self.headers(user)}
        try:
            reply = await self.client.post("/api/documents", **sent)
        except (httpx.NetworkError, httpx.RemoteProtocolError) as error:
            return self.tally.error("hostile uploads", f"{name}: {type(error).__name__}")
        if reply.status_code == 201:
            self.tally.came["hostile uploads"]["taken"] += 1
        else:
            await self.tally.refusal("hostile uploads", reply, (400, 403, 413, 415, 422))

    # --- who writes ----------------------------------------------------------------------------------------------

    async def ingest(self, records: Path, library: Path, chance: random.Random) -> None:
        """Reads the records again by the command, each text of them with another sentence at its end."""
        for path in records.glob("*.[tm][xd]*"):
            original = (ROOT / "sample" / path.name).read_text(encoding="utf-8")
            path.write_text(f"{original.rstrip()}\n\nCopied as number {chance.randrange(10**6)}.\n", encoding="utf-8")
        began = time.monotonic()
        process = await asyncio.create_subprocess_exec(
            ONRECORD, "ingest", records, "--library", library, "--quiet", stderr=asyncio.subprocess.PIPE
        )
        says = (await process.communicate())[1].decode()
        if process.returncode and "Another process is writing" in says:
            self.tally.came["ingests"]["busy"] += 1
        elif process.returncode:
            self.tally.error("ingests", f"status {process.returncode}: {says}")
        else:
            self.tally.came["ingests"]["done"] += 1
            self.tally.took_s["ingests"].append(time.monotonic() - began)

    async def watch(self, pid: int) -> None:
        """Notes the most memory that the server had."""
        while time.monotonic() < self.over:
            self.tally.highest_mb = max(self.tally.highest_mb, resident_mb(pid))
            await asyncio.sleep(1)

    async def all(self, pid: int, records: Path, library: Path) -> None:
        """Everybody at once, until it is over and all have their last answer."""
        pause_s = self.given.pause
        users = [user for user in self.keys if user.startswith("user ")]
        async with self.client, asyncio.TaskGroup() as group:
            group.create_task(self.watch(pid))
            for user in users:
                crowd = self.until_over(user, lambda chance, user=user: self.crowd(user, chance), pause_s)
                group.create_task(crowd)
            group.create_task(self.until_over("one user", self.one, BETWEEN_S))
            for number in range(SLOW):
                group.create_task(self.until_over(f"slow clients {number}", self.slow, 1))
            for number in range(CUT):
                group.create_task(self.until_over(f"streams cut off {number}", self.cut, 1))
            group.create_task(self.until_over("hostile uploads", self.harm, 1))
            group.create_task(self.until_over("greedy user", self.greedy, 1))
            group.create_task(self.until_over("connections", self.take_all, TAKEN_EVERY_S))
            reading = lambda chance: self.ingest(records, library, chance)  # noqa: E731
            group.create_task(self.until_over("ingests", reading, BETWEEN_S))


def main() -> None:
    """Loads the server, prints what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--pause", type=float, default=1.0)
    parser.add_argument("--patience", type=float, default=10)
    parser.add_argument("--after", type=float, default=60, help="seconds until memory is looked at once more")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        sys.exit(run(given, Path(place)))


def run(given: argparse.Namespace, place: Path) -> bool:
    """One run; whether anything went wrong."""
    records, library = place / "sample", place / "library"
    shutil.copytree(ROOT / "sample", records)
    subprocess.run([ONRECORD, "ingest", records, "--library", library, "--quiet"], check=True)
    asking = ["one user", "greedy user", "cut", "slow", *(f"user {number + 1}" for number in range(given.users))]
    keys = {name: Keys(library).create(name, ["ask"])[1] for name in asking}
    keys["uploads"] = Keys(library).create("uploads", ["ask", "ingest"])[1]
    tally = Tally()
    with Server(library, limits(given.patience)) as server:
        load = Load(given, ("127.0.0.1", server.port), keys, tally)
        first = httpx.post(
            f"{load.client.base_url}/api/ask", json={"question": load.questions[0]}, headers=load.headers("one user"),
            timeout=60, trust_env=False,
        )  # fmt: skip
        first.raise_for_status()
        before_mb = resident_mb(server.pid)
        ends_mb: list[str] = []
        for _ in range(given.rounds):
            load = Load(given, load.address, keys, tally)
            asyncio.run(load.all(server.pid, records, library))
            end_mb = resident_mb(server.pid)
            tally.highest_mb = max(tally.highest_mb, end_mb)
            ends_mb.append(f"{end_mb:.0f}")
            time.sleep(given.after)
        after_mb = resident_mb(server.pid)
        logged = list(server.told)
    with closing(Store(library)) as store:
        faults = store.faults()
    print(table(tally))
    served = [count for user, count in tally.of_user.items() if user.startswith("user ")]
    print(f"\nAnswers of each user: {min(served)} to {max(served)}, median {statistics.median(served):.0f}.")
    print(f"Memory of the server: {before_mb:.0f} MB after one question, {tally.highest_mb:.0f} at most, ", end="")
    print(f"{', '.join(ends_mb)} at the end of a round, {after_mb:.0f} {given.after:.0f} s later.")
    wrong = tally.examples + [f"logged: {line.rstrip()}" for line in logged] + [f"library: {fault}" for fault in faults]
    print(f"{len(wrong)} errors, lines in the log, and faults of the library.")
    for line, times in Counter(wrong).most_common(EXAMPLES):
        print(f"{times} x {line}")
    return bool(wrong)


if __name__ == "__main__":
    main()
