"""A local Imgur for other projects' tests (README.md, "In your tests"). PYTEST_DONT_REWRITE

With pytest, `pytest_plugins = ["imgur_sync.simulator.testing"]` brings the fixtures `imgur`, `imgur_options`,
`imgur_environment` and `make_imgur`. Without it everything else here can be used: `with running() as imgur:`.
"""

from imgur_sync.simulator.drawing import grey
from imgur_sync.simulator.handle import Running
from imgur_sync.simulator.options import Knobs, Limits, Options
from imgur_sync.simulator.server import running
from imgur_sync.simulator.stored import StoredAlbum, StoredPicture
from imgur_sync.simulator.web_edits import WebSite

try:
    from imgur_sync.simulator.fixtures import MakeImgur, imgur, imgur_environment, imgur_options, make_imgur
except ModuleNotFoundError as missing:
    if missing.name != "pytest":
        raise

__all__ = [
    "Knobs",
    "Limits",
    "MakeImgur",
    "Options",
    "Running",
    "StoredAlbum",
    "StoredPicture",
    "WebSite",
    "imgur",
    "imgur_environment",
    "imgur_options",
    "make_imgur",
    "running",
    "small_picture",
]


def small_picture(number: int = 0) -> bytes:
    """A PNG of 4 by 3 pixels; each number makes another one."""
    return grey(4, 3, number, f"picture {number}")


def __getattr__(name: str) -> object:
    """Only what is missing comes here: the fixtures, where there is no pytest."""
    if name in __all__:
        raise ImportError(f"{name} is a fixture of pytest, which is not installed; there is also `with running()`")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
