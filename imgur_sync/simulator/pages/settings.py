"""The settings of an account, as its owner has them on the web site."""

from __future__ import annotations

from flask import Blueprint, Response
from werkzeug.wrappers import Response as Redirect

from imgur_sync.simulator.albums import PRIVACIES
from imgur_sync.simulator.controls import Controls
from imgur_sync.simulator.desk import Desk
from imgur_sync.simulator.pages.forms import Answer, attempt, checked, done, said, text
from imgur_sync.simulator.pages.looking import look_of, missing


def offer(blueprint: Blueprint, desk: Desk) -> None:
    """`/user/NAME/edit`."""
    controls = Controls(desk)

    def shown(name: str) -> Response:
        return _page(desk, name, "")

    def sent(name: str) -> Answer:
        return attempt(controls, lambda: _set(controls, name), lambda wrong: _page(desk, name, wrong))

    blueprint.add_url_rule("/user/<name>/edit", "edit account", shown)
    blueprint.add_url_rule("/user/<name>/edit", "send edit account", sent, methods=["POST"])


def _page(desk: Desk, name: str, wrong: str) -> Response:
    with desk.world.lock:
        look, account = look_of(desk).owners(), desk.world.accounts.get(name)
    if account is None:
        return missing(look)
    settings = account.settings
    return look.page(
        "account_edit.html",
        f"Settings of {name}",
        400 if wrong else 200,
        wrong=wrong,
        said=said(),
        name=name,
        verified=settings.get("_verified", True),
        terms=settings.get("accepted_gallery_terms", True),
        privacy=settings.get("album_privacy", "hidden"),
        privacies=PRIVACIES,
    )


def _set(controls: Controls, name: str) -> Redirect:
    terms = {"verified": checked("verified"), "accepted_gallery_terms": checked("terms")}
    controls.edit({"op": "set_account", "id": name, **terms, "album_privacy": text("privacy")})
    return done(f"/user/{name}/edit", "saved")
