"""Random streams by name: the same study and names give the same draws, whatever else is drawn."""

from __future__ import annotations

import hashlib

import numpy as np


def stream(seed: int, *names: str) -> np.random.Generator:
    """Return a random generator of its own for a seed and names (SHA-256 to SeedSequence).

    Examples
    --------
    >>> a, b = stream(7, "hazard", "AF-PK"), stream(7, "hazard", "AF-PK")
    >>> bool(a.random() == b.random())
    True
    >>> bool(stream(7, "hazard", "CN-PK").random() == b.random())
    False
    """
    digest = hashlib.sha256("\x1f".join((str(seed), *names)).encode()).digest()
    words = np.frombuffer(digest, dtype=np.uint32)
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(words.tolist())))
