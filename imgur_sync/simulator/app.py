"""The Flask application: API, steering and pages over one world."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException, NotFound

from imgur_sync.simulator import account, albums, authorize, gallery, images, oauth, profile, web_api
from imgur_sync.simulator.calls import Route
from imgur_sync.simulator.desk import Desk
from imgur_sync.simulator.formats import in_form
from imgur_sync.simulator.options import Options
from imgur_sync.simulator.pages import pages
from imgur_sync.simulator.pages.files import files
from imgur_sync.simulator.replies import Refusal, refused
from imgur_sync.simulator.steering import steering
from imgur_sync.simulator.world import World

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

ROOMS = tuple(room.ROUTES for room in (oauth, authorize, images, albums, account, profile, gallery, web_api))


def create_app(world: World, options: Options | None = None, sleep: Callable[[float], object] = time.sleep) -> Flask:
    """A local Imgur over `world`, to be served by any WSGI server or transport.

    `sleep` waits for latency and delays, in seconds. A dropped connection leaves the application as
    `ConnectionDropped`, which an in-process transport has to map. Thread-safe; the caller closes the world.
    """
    return app_over(Desk(world, options or Options(), sleep))


def app_over(desk: Desk) -> Flask:
    """The same over a desk that others hold, too."""
    # No static folder: its route would take the page of a picture called "static".
    app = _LocalImgur(__name__, static_folder=None)
    app.config["PROPAGATE_EXCEPTIONS"] = True
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    for room in ROOMS:
        for route in room.all:
            _mount(app, desk, route)
    app.register_blueprint(steering(desk))
    app.register_blueprint(files(desk))
    app.register_blueprint(pages(desk))
    app.register_error_handler(HTTPException, _unknown)
    return app


class _LocalImgur(Flask):
    """Flask whose replies go out in the form that they are asked for."""

    def wsgi_app(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """The WSGI application."""
        return in_form(super().wsgi_app, environ, start_response)


def _mount(app: Flask, desk: Desk, route: Route) -> None:
    def view(**params: object) -> Response:
        return desk.serve(route, {name: str(value) for name, value in params.items()})

    view.__doc__ = route.handler.__doc__
    for number, rule in enumerate(route.rules):
        name = f"{'+'.join(route.methods)} {route.handler.__name__} {number}"
        app.add_url_rule(rule, name, view, methods=list(route.methods), strict_slashes=False)


def _unknown(error: HTTPException) -> Response:
    """No such endpoint, or not with that method: 404 in the wrapper (what Imgur says is unknown)."""
    if not request.path.startswith(("/3/", "/oauth2/", "/post/")):
        return Response(f"{error.code} {error.name}\n", status=error.code or 500, content_type="text/plain")
    text = "Not Found" if isinstance(error, NotFound) else error.name
    reply = refused(Refusal(error.code or 404, text), request.method, request.path, new=False, number=0)
    return Response(reply.body, status=reply.status, content_type=reply.content_type)
