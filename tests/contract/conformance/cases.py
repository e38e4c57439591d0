"""All cases, in the order in which they are tried."""

from tests.contract.conformance import cases_albums, cases_callers, cases_lists, cases_pictures
from tests.contract.conformance.case import KEPT
from tests.contract.conformance.visit import SHARED

_ORDER = [module.__name__ for module in (cases_callers, cases_pictures, cases_albums, cases_lists)]
CASES = sorted(KEPT, key=lambda one: _ORDER.index(one.probe.__module__))
PRICE = sum(SHARED.values()) + sum(one.price for one in CASES)
"""What all of it costs at most, in credits."""
