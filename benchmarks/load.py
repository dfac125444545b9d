"""A load generator that costs little: raw sockets, kept open, one thread each."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle


@dataclass(frozen=True)
class Result:
    """What one run saw.

    Args:
        rate: Answers per second, all threads together.
        p50, p95: Milliseconds.
        faults: Answers other than 200 and 204.
    """

    rate: float
    p50: float
    p95: float
    requests: int
    faults: int
    mean_bytes: float


class Connection:
    """One kept-alive HTTP/1.1 connection."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.sock: socket.socket | None = None
        self.rest = b""

    def ask(self, request: bytes) -> tuple[int, int]:
        """Return status and length of the body; connect again once if needed."""
        try:
            return self._ask(request)
        except (ConnectionError, OSError):
            self.sock = None
            return self._ask(request)

    def _ask(self, request: bytes) -> tuple[int, int]:
        if self.sock is None:
            self.sock = socket.create_connection(("127.0.0.1", self.port), timeout=60)
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.rest = b""
        self.sock.sendall(request)
        head = self._until(b"\r\n\r\n").lower()
        status = int(head.split(b" ", 2)[1])
        if b"transfer-encoding: chunked" in head:
            return status, self._chunks()
        length = 0
        if b"content-length:" in head:
            length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
        self._exactly(length)
        if b"connection: close" in head:
            self.sock.close()
            self.sock = None
        return status, length

    def _more(self) -> None:
        assert self.sock is not None
        data = self.sock.recv(262_144)
        if not data:
            raise ConnectionError("closed")
        self.rest += data

    def _until(self, mark: bytes) -> bytes:
        while mark not in self.rest:
            self._more()
        head, _mark, self.rest = self.rest.partition(mark)
        return head

    def _exactly(self, length: int) -> None:
        while len(self.rest) < length:
            self._more()
        self.rest = self.rest[length:]

    def _chunks(self) -> int:
        total = 0
        while True:
            size = int(self._until(b"\r\n").split(b";")[0], 16)
            self._exactly(size + 2)
            total += size
            if size == 0:
                return total


def request(path: str, token: str = "") -> bytes:
    """Return a GET request as it goes over the wire."""
    extra = f"Authorization: Bearer {token}\r\n" if token else ""
    return (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\n{extra}\r\n"
    ).encode()


def run(
    port: int, requests: Sequence[bytes], *, seconds: float, threads: int = 4
) -> Result:
    """Send the requests round and round for so long; return what came back."""
    return _run(port, cycle(requests), time.perf_counter() + seconds, threads)


def run_once(port: int, requests: Sequence[bytes], *, threads: int = 4) -> Result:
    """Send each request once; return what came back."""
    return _run(port, iter(requests), float("inf"), threads)


def _run(port: int, feed: Iterator[bytes], stop: float, threads: int) -> Result:
    times: list[float] = []
    sizes: list[int] = []
    faults: list[int] = []
    lock = threading.Lock()

    def work() -> None:
        connection = Connection(port)
        while time.perf_counter() < stop:
            with lock:
                each = next(feed, None)
            if each is None:
                return
            start = time.perf_counter()
            status, size = connection.ask(each)
            times.append(time.perf_counter() - start)
            sizes.append(size)
            if status not in (200, 204):
                faults.append(status)

    begin = time.perf_counter()
    workers = [threading.Thread(target=work) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    spent = time.perf_counter() - begin
    ordered = sorted(times)
    return Result(
        rate=len(times) / spent,
        p50=ordered[len(ordered) // 2] * 1000,
        p95=ordered[int(len(ordered) * 0.95)] * 1000,
        requests=len(times),
        faults=len(faults),
        mean_bytes=sum(sizes) / max(len(sizes), 1),
    )
