"""A small HTTP/1.1 load generator: keep-alive connections on one selector loop, so that the server is what is measured."""

import selectors
import socket
import statistics
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Load:
    """What one run found: answers a second, milliseconds at the 50th and 95th percentile, answers that were not 200."""

    rate: float
    p50: float
    p95: float
    answers: int
    errors: int


def request(path: str, host: str, headers: dict[str, str]) -> bytes:
    lines = [f"GET {path} HTTP/1.1", f"Host: {host}", "Accept-Encoding: gzip", "Connection: keep-alive"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


class _Connection:
    def __init__(self, address: tuple[str, int], message: bytes) -> None:
        self.address, self.message = address, message
        self.socket = socket.create_connection(address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer, self.missing, self.started = b"", -1, 0.0
        self.status = b""

    def send(self) -> None:
        self.buffer, self.missing, self.started = b"", -1, time.perf_counter()
        self.socket.sendall(self.message)

    def receive(self) -> bool:
        """Takes what is there; True when the answer is whole."""
        data = self.socket.recv(262144)
        if not data:
            raise ConnectionError("the server closed the connection")
        self.buffer += data
        if self.missing < 0:
            head, found, _body = self.buffer.partition(b"\r\n\r\n")
            if not found:
                return False
            self.status = head.split(b" ", 2)[1]
            length = next(
                (
                    int(line.split(b":")[1])
                    for line in head.split(b"\r\n")
                    if line.lower().startswith(b"content-length:")
                ),
                None,
            )
            if length is None:
                raise ValueError("an answer without Content-Length")
            self.missing = len(head) + 4 + length
        return len(self.buffer) >= self.missing


def measure(
    port: int, path: str, *, seconds: float = 4, connections: int = 8, headers: dict[str, str] | None = None
) -> Load:
    """Asks for `path` again and again for `seconds` after a warm-up of one second."""
    message = request(path, f"127.0.0.1:{port}", headers or {})
    selector = selectors.DefaultSelector()
    for _ in range(connections):
        connection = _Connection(("127.0.0.1", port), message)
        selector.register(connection.socket, selectors.EVENT_READ, connection)
        connection.send()
    times: list[float] = []
    errors = 0
    begin = time.perf_counter() + 1
    end = begin + seconds
    while (now := time.perf_counter()) < end:
        for key, _events in selector.select(timeout=1):
            connection = key.data
            if connection.receive():
                if now >= begin:
                    times.append(time.perf_counter() - connection.started)
                    errors += connection.status != b"200"
                connection.send()
    for key in list(selector.get_map().values()):
        key.data.socket.close()
    if len(times) < 2:
        raise RuntimeError(f"{path}: hardly an answer in {seconds} s")
    points = statistics.quantiles(times, n=20)
    return Load(len(times) / seconds, points[9] * 1000, points[18] * 1000, len(times), errors)
