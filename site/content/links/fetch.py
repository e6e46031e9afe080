"""Asks one address whether it is there. Never an inner network's: every address that a name resolves to, and every step of
a redirect, is checked, and the connection goes to the very address that was checked. Imports no models.

HEAD first, GET where HEAD is not understood; the body is not read. A site's robots.txt is kept to; we say who we are.
"""

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from time import monotonic
from urllib.parse import quote, urljoin, urlsplit
from urllib.robotparser import RobotFileParser

REDIRECTS = 5
SECONDS = 10.0
PORTS = frozenset({80, 443, 8080, 8443})
ROBOTS_BYTES = 200_000
GET_INSTEAD = frozenset({400, 403, 404, 405, 406, 500, 501, 503})
UNSURE = frozenset({401, 403, 406, 407, 418, 429, 451, 503})
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class RefusedError(Exception):
    """The address leads where we do not go."""


class UnreachableError(Exception):
    """Nobody answered: the name is unknown, the connection failed or took too long."""


@dataclass(frozen=True)
class Answer:
    """`kind`: good, broken, unsure, refused; `detail` for the editor, in a few words."""

    kind: str
    detail: str = ""


@dataclass
class Asker:
    """Asks for one run: remembers each site's robots.txt. `networks`: inner ones that may be asked all the same."""

    agent: str
    networks: Iterable[str] = ()
    seconds: float = SECONDS
    robots: dict[str, RobotFileParser | None] = field(default_factory=dict)

    @cached_property
    def allowed(self) -> list[Network]:
        return [ipaddress.ip_network(each) for each in self.networks]

    def ask(self, url: str) -> Answer:
        """Whether there is something at `url`. Raises nothing: one odd address must not end the run for all others."""
        try:
            return self._ask(url)
        except ValueError:  # what urllib cannot take apart: a port beyond 65535, half an IPv6 address
            return Answer("broken", "address")
        except RefusedError as error:
            return Answer("refused", str(error))
        except UnreachableError as error:
            return Answer("broken", str(error))

    def _ask(self, url: str) -> Answer:
        until = monotonic() + 3 * self.seconds
        for _step in range(REDIRECTS + 1):
            if not self._may_ask(url, until):
                return Answer("unsure", "robots.txt")
            status, location = self._request("HEAD", url, until)
            if status in GET_INSTEAD:
                status, location = self._request("GET", url, until)
            if status in {301, 302, 303, 307, 308} and location:
                url = urljoin(url, location)
                continue
            if status < 400:
                return Answer("good", str(status))
            return Answer("unsure" if status in UNSURE else "broken", str(status))
        return Answer("broken", "redirects")

    def _may_ask(self, url: str, until: float) -> bool:
        parts = urlsplit(url)
        site = f"{parts.scheme}://{parts.netloc}"
        if site not in self.robots:
            self.robots[site] = self._rules(site, until)
        rules = self.robots[site]
        return rules is None or rules.can_fetch(self.agent, url)

    def _rules(self, site: str, until: float) -> RobotFileParser | None:
        try:
            status, _location, body = self._exchange("GET", f"{site}/robots.txt", until, ROBOTS_BYTES)
        except UnreachableError:
            return None
        if status != 200:
            return None
        rules = RobotFileParser()
        rules.parse(body.decode("utf-8", "replace").splitlines())
        return rules

    def _request(self, method: str, url: str, until: float) -> tuple[int, str]:
        status, location, _body = self._exchange(method, url, until, 0)
        return status, location

    def _exchange(self, method: str, url: str, until: float, most: int) -> tuple[int, str, bytes]:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise RefusedError("scheme")
        if parts.username or parts.password:
            raise RefusedError("login")
        port = parts.port or (443 if parts.scheme == "https" else 80)
        seconds = min(self.seconds, until - monotonic())
        if seconds <= 0:
            raise UnreachableError("timeout")
        address = self._address(parts.hostname, port)
        connection = _Pinned(parts.hostname, port, address, seconds, secure=parts.scheme == "https")
        target = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._") + (
            f"?{quote(parts.query, safe='/%:@!$&()*+,;=~-._?')}" if parts.query else ""
        )
        try:
            connection.request(
                method, target, headers={"User-Agent": self.agent, "Accept": "*/*", "Connection": "close"}
            )
            answer = connection.getresponse()
            return answer.status, answer.getheader("Location") or "", answer.read(most) if most else b""
        except TimeoutError as error:
            raise UnreachableError("timeout") from error
        except ssl.SSLError as error:
            raise UnreachableError("certificate") from error
        except (OSError, http.client.HTTPException) as error:
            raise UnreachableError("connection") from error
        finally:
            connection.close()

    def _address(self, host: str, port: int) -> tuple:
        """The first socket address of a name. All of them must be public ones, or in `networks`."""
        try:
            name = host.encode("idna").decode("ascii")
            found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise UnreachableError("name") from error
        for _family, _kind, _protocol, _canonical, place in found:
            self._check(ipaddress.ip_address(str(place[0]).partition("%")[0]), port)
        return found[0][4]

    def _check(self, address: ipaddress.IPv4Address | ipaddress.IPv6Address, port: int) -> None:
        inner = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None)
        if any(address in network for network in self.allowed if network.version == address.version):
            return
        if not address.is_global or address.is_multicast or (inner is not None and not inner.is_global):
            raise RefusedError("inner network")
        if port not in PORTS:
            raise RefusedError("port")


class _Pinned(http.client.HTTPConnection):
    """Connects to the address that was checked, whatever the name says by now."""

    def __init__(self, host: str, port: int, address: tuple, seconds: float, *, secure: bool) -> None:
        super().__init__(host.encode("idna").decode("ascii"), port, timeout=seconds)
        self.address, self.secure = address, secure
        if secure:
            self.default_port = 443

    def connect(self) -> None:
        self.sock = socket.create_connection(self.address[:2], self.timeout)
        if self.secure:
            self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)
