"""A request as a WSGI server hands it over (PEP 3333), read where it is asked for.

Werkzeug's own object of that kind takes longer to make than what is read of it here.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from werkzeug.wrappers import Request
from werkzeug.wsgi import get_content_length, get_input_stream

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

ADDRESSED = ("wsgi.url_scheme", "HTTP_HOST", "SERVER_NAME", "SERVER_PORT")


class Sent:
    """One request: its method, its path, and what else stands in `environ`."""

    __slots__ = ("environ", "method", "path")

    def __init__(self, environ: WSGIEnvironment) -> None:
        self.environ = environ
        self.method: str = environ.get("REQUEST_METHOD", "GET").upper()
        path: str = environ.get("PATH_INFO", "")
        if not path.isascii():
            path = path.encode("latin-1").decode("utf-8", "replace")
        self.path = f"/{path.lstrip('/')}"

    @property
    def query(self) -> str:
        """The query string, as it was sent."""
        sent: str = self.environ.get("QUERY_STRING", "")
        return sent

    @property
    def content_type(self) -> str:
        """The header of that name; "" if there is none."""
        sent: str = self.environ.get("CONTENT_TYPE", "")
        return sent

    @property
    def ip(self) -> str:
        """The address that it came from; "" if that is not known."""
        sent: str = self.environ.get("REMOTE_ADDR", "")
        return sent

    def addressed(self) -> tuple[str, ...]:
        """All that `origin` depends on."""
        return tuple([self.environ.get(name, "") for name in ADDRESSED])

    def origin(self) -> str:
        """What links begin with: how the server was addressed."""
        return Request(self.environ).host_url.rstrip("/")

    def body(self) -> bytes:
        """The body. Errors are those of the stream.

        Half a megabyte of fresh memory costs more time than all that is done with what is in it. So the memory that the
        server received it in is used as it is, where that is a `BytesIO`, as with waitress.
        """
        stream = self.environ["wsgi.input"]
        told = self.environ.get("CONTENT_LENGTH", "")
        plain = told.isascii() and told.isdigit() and "HTTP_TRANSFER_ENCODING" not in self.environ
        length = int(told) if plain else get_content_length(self.environ)
        if type(stream) is BytesIO and length is not None and not stream.tell():
            whole = stream.getvalue()
            return whole if len(whole) <= length else whole[:length]
        return get_input_stream(self.environ).read()
