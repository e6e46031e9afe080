"""Servers that misbehave, on real sockets: one that never answers, one that answers late, one that has no room."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen


def closed_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


class Listener:
    """Hands each connection to a thread."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        self.connections: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _address = self.socket.accept()
            except OSError:
                return
            self.connections.append(connection)
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection: socket.socket) -> None:
        """Takes what comes and says nothing."""
        try:
            while connection.recv(65536):
                pass
        except OSError:
            return

    def close(self) -> None:
        self.socket.close()
        for each in self.connections:
            each.close()


class Late(Listener):
    """Passes everything on to a real server, and its answers back after `seconds`."""

    def __init__(self, url: str, seconds: float) -> None:
        self.target = urlsplit(url)
        self.seconds = seconds
        super().__init__()

    def serve(self, connection: socket.socket) -> None:
        upstream = socket.create_connection((self.target.hostname, self.target.port))
        threading.Thread(target=self._pass_on, args=(upstream, connection, self.seconds), daemon=True).start()
        self._pass_on(connection, upstream, 0)

    def _pass_on(self, source: socket.socket, sink: socket.socket, seconds: float) -> None:
        try:
            while data := source.recv(65536):
                time.sleep(seconds)
                sink.sendall(data)
        except OSError:
            pass
        finally:
            for each in (source, sink):
                each.close()


@contextmanager
def hanging() -> Iterator[Listener]:
    server = Listener()
    try:
        yield server
    finally:
        server.close()


@contextmanager
def late(url: str, seconds: float) -> Iterator[Late]:
    server = Late(url, seconds)
    try:
        yield server
    finally:
        server.close()


class _Between(BaseHTTPRequestHandler):
    """Has no room for the first bulk requests, cannot do what is `broken` at all, and passes everything else on."""

    protocol_version = "HTTP/1.1"
    target = url = broken = ""
    refusals = refused = 0

    def do(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if "/_bulk" in self.path and type(self).refusals:
            type(self).refusals -= 1
            self.reply(429, b'{"error": {"type": "es_rejected_execution_exception"}, "status": 429}', {})
            return
        if self.broken and self.broken in self.path:
            type(self).refused += 1
            self.reply(503, b'{"error": {"type": "no_shard_available_action_exception"}, "status": 503}', {})
            return
        headers = {name: value for name, value in self.headers.items() if name.lower() in ("content-type", "accept")}
        request = Request(self.target + self.path, data=body or None, headers=headers, method=self.command)
        try:
            with urlopen(request) as answer:
                self.reply(answer.status, answer.read(), dict(answer.headers))
        except HTTPError as error:
            self.reply(error.code, error.read(), dict(error.headers))

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do

    def reply(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        kind = next((value for name, value in headers.items() if name.lower() == "content-type"), "application/json")
        self.send_header("Content-Type", kind)
        self.send_header("X-Elastic-Product", "Elasticsearch")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


def busy(url: str, refusals: int) -> AbstractContextManager[type[_Between]]:
    return _between(url, refusals=refusals)


def broken(url: str, part: str) -> AbstractContextManager[type[_Between]]:
    """A server that fails whatever has `part` in its address."""
    return _between(url, broken=part)


@contextmanager
def _between(url: str, **how: Any) -> Iterator[type[_Between]]:
    handler = type("Between", (_Between,), {"target": url, **how})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    handler.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield handler
    finally:
        server.shutdown()
        server.server_close()
