"""What a simulator is started with (`Options`) and what can be switched while it runs (`Knobs`)."""

from __future__ import annotations

import contextlib
import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args, get_origin, get_type_hints

from imgur_sync.simulator.recent import MOST

Shape = Literal["mixed", "legacy", "v1"]
Heed = Literal["honoured", "ignored"]
Windows = Literal["fixed", "sliding", "calendar"]
"""What a limit counts in: windows that open with their first count, the last hour or day, or those of clock and UTC."""
Links = Literal["here", "imgur"]
Headers = Literal["all", "some", "no-account", "no-errors", "none"]
Form = Literal[
    "shape",
    "legacy",
    "legacy-403",
    "errors",
    "wait-400",
    "wait-400-object",
    "wait-429",
    "wait-429-object",
    "417",
    "over-capacity",
    "cdn",
]
"""How the refusal for a broken limit looks: as the shape has it, or one of those of imgur-api §3 (`refusals.py`)."""
MIB = 1024 * 1024
UNLIMITED = 1_000_000
"""What headers and `/3/credits` announce for a limit that is 0, that is to say none."""


@dataclass(frozen=True, slots=True)
class Knobs:
    """Switches that change what Imgur answers or heeds; `POST /_simulator/knobs` replaces any of them by name."""

    shape: Shape = "mixed"
    upload_position: Literal["append", "second", "first"] = "append"
    put_ids: Heed = "honoured"
    post_ids: Heed = "honoured"
    hashes: Heed = "honoured"
    """Whether `deletehashes[]` count. They are documented (H); older albums without an account took nothing but uploads
    (M)."""
    order: Heed = "honoured"
    cover: Heed = "honoured"
    privacy: Heed = "honoured"
    upload_texts: Heed = "honoured"
    """Title and description sent with an upload."""
    image_texts: Heed = "honoured"
    """Title and description of a picture that is edited."""
    post_texts: Heed = "honoured"
    """What a POST to an album or picture says besides ids: title, description, privacy, layout, cover. Clients do it so
    (H); in 2025 only PUT was seen to work (M)."""
    layout: Heed = "honoured"
    """Albums keep the layout that they are given, as documented, or say "blog" whatever is sent, as every sample since
    2016 does (H)."""
    trim_text: int = 0
    """Titles and descriptions are stored cut to so many characters; 0 = whole."""
    lag: float = 0
    """Lists and albums show the world as it was so many seconds ago, by the simulator's clock."""
    short_pages: int = 0
    """Every page of a list holds so many items fewer than was asked for; the next page goes on where it ends."""
    images_null: bool = False
    hide_empty_albums: bool = False
    name_to_others: Literal["shape", "yes", "no"] = "shape"
    """Whether a picture's `name` is shown to others than its owner: as the shape has it, always, or never."""
    ad_config: Literal["shape", "none", "camel", "both"] = "shape"
    """Whether a post, and a picture or album that is asked for alone, tells of advertisements: the legacy shape does,
    in camelCase (H), in snake_case besides (M), the new one does not."""
    others_see: Literal["all", "not secret", "public"] = "all"
    """Which albums of an account the API shows to others who know the id: all, all but secret ones, or public ones
    only, as an older page of the documentation says (L)."""
    shared_privacy: Literal["changed", "kept"] = "changed"
    """What another privacy does to an album in the gallery, which it does not take out of there (H): it is stored, or
    not heeded."""
    credits_cost: Literal[1, 0] = 1
    """What `/3/credits` costs: 1 as the documentation says of all calls, or nothing (L)."""
    header_case: Literal["lower", "title"] = "lower"
    reset_unit: Literal["seconds", "epoch"] = "seconds"
    headers: Headers = "all"
    """Rate-limit headers: everywhere; not on account, credits and errors ("some"), or not on one of the two kinds; or
    nowhere."""
    refuse_client: Form = "shape"
    """The refusal when the application's day is used up, and so on for the other limits."""
    refuse_user: Form = "shape"
    refuse_posts: Form = "shape"
    refuse_uploads: Form = "shape"
    token_answer: Literal[401, 403, 429] = 403
    """The status that an invalid access token gets: 403 to 2018 (H), 401 and at times 429 in 2025 (M)."""
    account_answer: Literal[401, 403] = 401
    """The status of an account's private calls with a Client-ID only; both were seen (M)."""
    gone_answer: Literal[404, 403, "by length"] = 404
    """The status of a change to what is not there (any more); both were seen for deletions (M), with a Bearer a 403 for
    what has not the length of an id or deletehash."""
    token_reply: Literal["plain", "wrapped"] = "plain"
    """Whether the reply to a token call stands in the wrapper and names no account's number, as in 2014 (H)."""
    scope: Literal["null", "empty"] = "null"
    """What a token reply says for `scope`: null or "" (H)."""
    refresh_text: Literal["invalid", "unknown"] = "invalid"
    """The text for a wrong refresh token: "Invalid refresh token", or "Refresh token doesn't exist or is invalid for
    the client" (H)."""
    hidden_owner: Literal["shown", "withheld"] = "shown"
    """Whether others than the owner are told whose a hidden album is (withheld: M)."""
    upload_link: Literal["jpg", "jpeg"] = "jpg"
    """How the link of a JPEG ends in the reply to its upload; later on it ends in .jpg (M)."""
    links: Links = "here"
    """Whether links in replies name this server, or `https://i.imgur.com` and `https://imgur.com` as Imgur's do (H)."""
    webm_link: Literal["mp4", "dot"] = "mp4"
    """How the link of a WebM ends in the reply to its upload: as any video's (H), or in a bare dot (L)."""
    file_lag: float = 0
    """Seconds that the file of a deleted picture is still served; the API knows it no more (H that it can be so)."""
    cors: Literal["sent", "absent"] = "sent"
    """Whether replies let web pages of other origins read them, and OPTIONS are answered (H)."""
    conversion: Literal["imgur", "none"] = "imgur"
    """Whether large pictures, WebP and videos are kept as `conversion.py` says, or as they came."""
    size_error: Literal["object", "string"] = "object"
    """Whether a file that is too large is refused with code 1002 (H) or with the text alone (H)."""
    animated_png: Literal["kept", "by path"] = "kept"
    """Whether an animated PNG stays one, or only through `/3/image`, and is a still one through `/3/upload` (L)."""
    cover_field: Literal["cover", "either"] = "cover"
    """Whether `cover_id`, which some clients send, counts as `cover`, which is documented."""
    processing: float = 0
    """Seconds, by the simulator's clock, that a GIF or video is "pending" after its upload."""
    local_origin: Literal["taken", "refused"] = "taken"
    """Whether a browser's page of this machine (`Origin: http://localhost`) is refused as over capacity (M)."""
    authorize: Literal["open", "error 1024", "closed"] = "open"
    """What `/oauth2/authorize` shows: its question, "Error 1024" as since 2025 (H), or a way to the front page."""
    redirect: Literal["sent", "registered"] = "sent"
    """Where an answer is redirected to: a loopback `redirect_uri` if one is sent, or always the registered callback."""
    pkce: Literal["ignored", "checked"] = "ignored"
    """Whether a code or PIN that was asked for with a challenge needs its verifier; no documentation knows of it."""

    def form(self, limit: str) -> Form:
        """The form of the refusal for that limit."""
        return {
            "client": self.refuse_client,
            "user": self.refuse_user,
            "posts": self.refuse_posts,
            "uploads": self.refuse_uploads,
        }[limit]

    def switched(self, changes: Mapping[str, Any]) -> Knobs:
        """These knobs with `changes` made. ValueError names an unknown knob or a value that it does not take."""
        hints = get_type_hints(Knobs)
        for name, value in changes.items():
            if name not in hints:
                raise ValueError(f"unknown knob {name!r}; there are {', '.join(sorted(hints))}")
            _check(name, hints[name], value)
        return dataclasses.replace(self, **changes)


def read_knob(name: str, text: str) -> Any:
    """The value of a knob as somebody writes it: `true`, `403`, `by length`, `2.5`. ValueError as `switched`."""
    hint = get_type_hints(Knobs).get(name)
    value: Any = text
    if get_origin(hint) is Literal:
        value = next((one for one in get_args(hint) if str(one) == text), text)
    elif hint is bool:
        value = {"true": True, "false": False}.get(text.lower(), text)
    else:
        with contextlib.suppress(ValueError):
            value = int(text) if hint is int else float(text)
    Knobs().switched({name: value})
    return value


def _check(name: str, hint: Any, value: Any) -> None:
    if get_origin(hint) is Literal:
        if value not in get_args(hint) or isinstance(value, bool):
            raise ValueError(f"{name} takes one of {', '.join(map(str, get_args(hint)))}, not {value!r}")
    elif hint is bool:
        if not isinstance(value, bool):
            raise ValueError(f"{name} takes true or false, not {value!r}")
    elif isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:
        raise ValueError(f"{name} takes a number that is not negative, not {value!r}")
    elif hint is int and not isinstance(value, int):
        raise ValueError(f"{name} takes a whole number, not {value!r}")


@dataclass(frozen=True, slots=True)
class Limits:
    """The four limits, Imgur's own by default (imgur-api §3); 0 = none.

    The first two are documented (H); 1,250 POSTs an hour too (H); about 50 uploads an hour are reported (M).
    """

    user_credits: int = 500
    """Credits an hour, for each account, or for each address with a Client-ID."""
    client_credits: int = 12_500
    """Credits a day, for each application."""
    posts: int = 1_250
    """POSTs an hour, for each address."""
    uploads: int = 50
    """Uploads an hour, for each address; no header announces it."""


@dataclass(frozen=True, slots=True)
class Options:
    """How a simulator behaves; what it holds is the `World`."""

    knobs: Knobs = field(default_factory=Knobs)
    limits: Limits = field(default_factory=Limits)
    windows: Windows = "fixed"
    """What all four limits count in. Which it is at Imgur is unknown; the announced resets look like "fixed" (M)."""
    latency: float = 0.0
    """Seconds that every API call takes: half of it before the world changes, half after."""
    expires_in: int = 315_360_000
    """Seconds that an access token lives; ten years is what Imgur has answered since 2020 (H)."""
    still_bytes: int = 20 * MIB
    """Largest still picture. 10 MB is documented (H), but some users of the API passed 20 (M)."""
    moving_bytes: int = 200 * MIB
    """Largest GIF or video (H/M)."""
    video_seconds: float = 60
    """Longest video that is taken (M); 0 = any. A GIF may play as long as it likes."""
    png_bytes: int = 5 * MIB
    """Largest PNG that stays one (H/M)."""
    jpeg_bytes: int = 5 * MIB
    """Largest JPEG of an account that is kept as it came (H/M)."""
    anonymous_jpeg_bytes: int = MIB
    """Largest JPEG without an account that is kept as it came (H/M)."""
    urls: Mapping[str, bytes] = field(default_factory=dict)
    """What uploads by URL fetch; any other URL is `Invalid URL`. The simulator never goes out to the network."""
    history: int = MOST
    """Requests, and uploads, that the history keeps: the last so many, and up to a tenth more."""
    names: tuple[str, ...] = ()
    """Names of this server, in lower case, at which its pages and `/_simulator/` answer besides addresses, single words
    and names that nobody can register (`foreign.py`). The API answers at any."""
    chaos: str = ""
    """The seed of a swarm of faults to begin with (`swarm.py`); "" = none."""
