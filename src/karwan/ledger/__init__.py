"""Who said what, the test fixed beforehand, the evidence for and against, and the status.

The public function `karwan.ledger` has the name of this room, and Python binds a room to its name
whenever a module of it is loaded. So the room itself can be called, and both stay right.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any


class _CallableRoom(ModuleType):
    """A module that, called, is the public function of its name."""

    def __call__(self, **given: Any) -> Any:
        """Return the ledger as of a date: see `karwan.api.statements.ledger`."""
        return importlib.import_module("karwan.api.statements").ledger(**given)


sys.modules[__name__].__class__ = _CallableRoom
