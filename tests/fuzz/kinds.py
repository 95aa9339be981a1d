"""Every kind there is, in the order in which they are run."""

from __future__ import annotations

from typing import Any

from tests.fuzz.commands import CommandLines
from tests.fuzz.kind import Kind
from tests.fuzz.tables import Tables

KINDS: dict[str, Kind[Any]] = {kind.name: kind for kind in (CommandLines(), Tables())}
