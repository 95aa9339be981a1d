"""Every kind there is, in the order in which they are run."""

from __future__ import annotations

from typing import Any

from tests.fuzz.addresses import Addresses
from tests.fuzz.cheap import READINGS
from tests.fuzz.commands import CommandLines
from tests.fuzz.desks import Desks
from tests.fuzz.engine import EngineArrays
from tests.fuzz.files import Incidents, Ledgers, Studies, Texts
from tests.fuzz.kills import Kills
from tests.fuzz.kind import Kind
from tests.fuzz.tables import Tables
from tests.fuzz.workspaces import Workspaces

_CALLS: tuple[Kind[Any], ...] = (
    *(CommandLines(), Tables(), Studies(), Ledgers()),
    *(Incidents(), Texts(), Workspaces(), Kills()),
)
_ALL = (*_CALLS, *READINGS, Desks(), EngineArrays(), Addresses())
KINDS = {kind.name: kind for kind in _ALL}
