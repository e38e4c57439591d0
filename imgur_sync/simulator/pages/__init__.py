"""Pages for a person with a browser (README.md, "Pages"). What they tell of albums, the code of the API says."""

from __future__ import annotations

from flask import Blueprint

from imgur_sync.simulator.desk import Desk
from imgur_sync.simulator.foreign import guard
from imgur_sync.simulator.frame import count, moment
from imgur_sync.simulator.pages import (
    accounts,
    albums,
    controls,
    deleting,
    editing,
    faults,
    gallery,
    meters,
    pictures,
    settings,
    zips,
)
from imgur_sync.simulator.pages.meters import span_of


def pages(desk: Desk) -> Blueprint:
    """All pages, with their forms; a request that a site elsewhere may have sent is a 403."""
    blueprint = Blueprint("pages", __name__, template_folder="templates")
    blueprint.before_request(guard(desk.options.names, json=False))
    blueprint.add_app_template_filter(count, "of")
    blueprint.add_app_template_filter(moment, "moment")
    blueprint.add_app_template_filter(span_of, "span")
    for room in (accounts, albums, gallery, pictures, deleting, zips, meters, faults, controls, editing, settings):
        room.offer(blueprint, desk)
    return blueprint
