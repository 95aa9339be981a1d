"""`python -m karwan`: the same as the command `karwan`."""

from __future__ import annotations

from karwan.main import main

if __name__ == "__main__":
    main()
