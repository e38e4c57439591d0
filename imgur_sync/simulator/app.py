"""The Flask application: API, steering and pages over one world."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from flask import Flask, request
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import Map, MapAdapter, Rule
from werkzeug.wrappers import Request, Response

from imgur_sync.simulator import account, albums, authorize, gallery, images, oauth, profile, searching, web_api
from imgur_sync.simulator.calls import Route
from imgur_sync.simulator.cors import preflight
from imgur_sync.simulator.desk import Desk
from imgur_sync.simulator.failing import failed
from imgur_sync.simulator.faults import ConnectionDropped
from imgur_sync.simulator.formats import in_form
from imgur_sync.simulator.options import Options
from imgur_sync.simulator.pages import pages
from imgur_sync.simulator.pages.files import files
from imgur_sync.simulator.replies import Refusal, refused
from imgur_sync.simulator.sent import Sent
from imgur_sync.simulator.steering import steering
from imgur_sync.simulator.world import World

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ROOMS = tuple(room.ROUTES for room in (oauth, authorize, images, albums, account, profile, searching, gallery, web_api))
NOTHING: Mapping[str, str] = {}


def create_app(world: World, options: Options | None = None, sleep: Callable[[float], object] | None = None) -> Flask:
    """A local Imgur over `world`, to be served by any WSGI server or transport.

    `sleep` is called in place of waiting for latency and delays, with their seconds. A dropped connection leaves the
    application as `ConnectionDropped`, which an in-process transport has to map. Thread-safe; the caller closes the
    world.
    """
    return app_over(Desk(world, options or Options(), sleep))


def app_over(desk: Desk) -> Flask:
    """The same over a desk that others hold, too."""
    # No static folder: its route would take the page of a picture called "static".
    app = _LocalImgur(__name__, static_folder=None)
    app.desk, app.endpoints, app.plain = desk, _endpoints(), _plain()
    app.config["PROPAGATE_EXCEPTIONS"] = True
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    for room in ROOMS:
        for route in room.all:
            _mount(app, desk, route)
    app.before_request(preflight(lambda: desk.knobs))
    app.register_blueprint(steering(desk))
    app.register_blueprint(files(desk))
    app.register_blueprint(pages(desk))
    app.register_error_handler(HTTPException, _unknown)
    return app


class _LocalImgur(Flask):
    """Flask whose replies go out in the form that they are asked for.

    What is for an endpoint of the API goes there at once: Flask's way would cost half as much as all that an upload
    takes here. Everything else is Flask's, also what no endpoint takes.
    """

    desk: Desk
    endpoints: MapAdapter
    plain: dict[tuple[str, str], Route]
    """Those of them whose path is always the same, which takes no search."""

    def wsgi_app(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """The WSGI application."""
        return in_form(self._served, environ, start_response)

    def _served(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        sent = Sent(environ)
        try:
            return self._taken(sent, environ, start_response)
        except ConnectionDropped:
            raise
        except OSError as error:  # to a server it would be a lost connection, and nobody would hear of it
            return failed(error, sent)(environ, start_response)

    def _taken(self, sent: Sent, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        route, params = self.plain.get((sent.method, sent.path)), NOTHING
        if route is None:
            try:
                route, found = self.endpoints.match(sent.path, sent.method)
            except HTTPException:
                return super().wsgi_app(environ, start_response)
            params = {name: str(value) for name, value in found.items()}
        try:
            reply: WSGIApplication = self.desk.serve(route, params, sent)
        except HTTPException as error:
            reply = _unknown(error, sent)
        return reply(environ, start_response)


def _endpoints() -> MapAdapter:
    """What Flask asks too when it has a request, before it has one."""
    rules = (
        Rule(rule, endpoint=route, methods=route.methods)
        for room in ROOMS
        for route in room.all
        for rule in route.rules
        if rule.startswith("/3/")
    )
    return Map(rules, strict_slashes=False).bind("")


def _plain() -> dict[tuple[str, str], Route]:
    routes = [route for room in ROOMS for route in room.all]
    return {
        (method, rule): route
        for route in reversed(routes)  # the first that takes a request gets it
        for method in route.methods
        for rule in route.rules
        if rule.startswith("/3/") and "<" not in rule
    }


def _mount(app: Flask, desk: Desk, route: Route) -> None:
    def view(**params: object) -> Response:
        reply = desk.serve(route, {name: str(value) for name, value in params.items()}, Sent(request.environ))
        return reply if isinstance(reply, Response) else reply.response()

    view.__doc__ = route.handler.__doc__
    for number, rule in enumerate(route.rules):
        name = f"{'+'.join(route.methods)} {route.handler.__name__} {number}"
        app.add_url_rule(rule, name, view, methods=list(route.methods), strict_slashes=False)


def _unknown(error: HTTPException, sent: Request | Sent = request) -> Response:
    """No such endpoint, or not with that method: 404 in the wrapper (what Imgur says is unknown)."""
    if not sent.path.startswith(("/3/", "/oauth2/", "/post/")):
        return Response(f"{error.code} {error.name}\n", status=error.code or 500, content_type="text/plain")
    text = "Not Found" if isinstance(error, NotFound) else error.name
    reply = refused(Refusal(error.code or 404, text), sent.method, sent.path, new=False, number=0)
    return Response(reply.body, status=reply.status, content_type=reply.content_type)
