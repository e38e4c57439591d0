"""The Imgur API: one seam to the network, its outcomes, and the calls. The only room that talks HTTP.

`transport` is the seam (and the only importer of httpx), `auth` the tokens, `limits` the rate-limit headers, `verdict`
and `refusals` what an answer means, `replies` the shapes of data, `reader` and `writer` the ports.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import cast

# On import httpx loads its own command line and, where they are installed, rich and pygments: a third of its start-up
# time for nothing. None in `sys.modules` is Python's way to say "not to be had", which httpx copes with.
sys.modules.setdefault("httpx._main", cast(ModuleType, None))
