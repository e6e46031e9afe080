"""Whoever asks the site for pages in this process."""

import sys
from io import BytesIO
from urllib.parse import urlencode

from search import recent
from search.engines import local


class Browser:
    """Asks the application of the web server (`portal.wsgi`), in this process: page cache, middleware, view, templates.

    No answer comes from memory: the header steps over the page cache, no address is asked twice, so the kept results of an
    address are never there either, and what was answered a moment ago (`search.recent`) is forgotten each time. What the server keeps whatever is asked (head and foot of the page, translations,
    documents that were ranked before, words that were read before, which documents hold words that were asked for more
    than once) it has here, too."""

    def __init__(self) -> None:
        from portal.wsgi import application

        self.application = application
        self.asked = 0

    def get(self, path: str = "/search/", /, *, is_first: bool = False, **data: str) -> None:
        """`is_first`: as if nobody had asked for these words before."""
        self.asked += 1
        recent.forget()
        if is_first:
            local().forget_words()
        environ = {
            "REQUEST_METHOD": "GET",
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": urlencode(data | {"n": self.asked}),
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": "127.0.0.1",
            "HTTP_AUTHORIZATION": "none",
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(),
            "wsgi.errors": sys.stderr,
        }
        begun: list[str] = []
        answer = self.application(environ, lambda status, headers, *more: begun.append(status))
        try:
            b"".join(answer)
        finally:
            if close := getattr(answer, "close", None):
                close()
        if not begun[0].startswith("200"):
            raise RuntimeError(f"{path} answered {begun[0]}")
