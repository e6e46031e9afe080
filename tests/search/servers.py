"""Servers that misbehave, on real sockets: one that never answers, and one that answers late."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit


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
