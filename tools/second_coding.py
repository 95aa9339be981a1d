"""Have rows of closures coded a second time by somebody who has not seen the first coding.

`tools/second_coding.py sheet --seed 7` prints rows drawn by a seed without what was coded: crossing,
day, what happened in words, source. The second coder fills `scope` and `cause` from these and from
the page, and only then looks at the table. `tools/second_coding.py agree` prints how far the table
`second_coding` agrees with `closures`: Cohen's kappa with its interval.
"""

from __future__ import annotations

import argparse
import csv
import sys

from karwan.base.seeds import stream
from karwan.data.catalog import Catalog
from karwan.data.rows.closures import ClosureRow, SecondCodingRow
from karwan.ledger.tallies import Agreement, agreement, kappa_interval

SHOWN = ("id", "crossing", "start", "description", "source_url", "source_date")
"""What the second coder may see; scope and cause were coded."""
CODED = ("scope", "cause")
ROWS = 30


def draw(seed: int, count: int = ROWS) -> list[ClosureRow]:
    """Return rows of closures drawn by a seed, in the order of the table."""
    rows = Catalog().rows(ClosureRow)
    chosen = stream(seed, "second coding").choice(len(rows), size=count, replace=False)
    return [rows[index] for index in sorted(chosen)]


def agreements() -> dict[str, tuple[Agreement, tuple[float, float]]]:
    """Return how far the two codings agree, and the interval of kappa, by what was coded."""
    first = {row.id: row for row in Catalog().rows(ClosureRow)}
    twice = Catalog().rows(SecondCodingRow)
    told = {}
    for name in CODED:
        ones = [getattr(first[row.closure_id], name) for row in twice]
        others = [getattr(row, name) for row in twice]
        told[name] = (agreement(ones, others), kappa_interval(ones, others))
    return told


def main(arguments: list[str] | None = None) -> None:
    """Print a blind sheet, or the agreement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("sheet", "agree"))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--rows", type=int, default=ROWS)
    given = parser.parse_args(arguments)
    if given.what == "sheet":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow([*SHOWN, *CODED])
        for row in draw(given.seed, given.rows):
            writer.writerow([*(getattr(row, name) for name in SHOWN), *("" for _ in CODED)])
        return
    for name, (one, (low, high)) in agreements().items():
        kappa = "undefined" if one.kappa is None else f"{one.kappa:.2f}"
        print(
            f"{name}: {one.same_count} of {one.count} alike, kappa {kappa} "
            f"(95 % {low:.2f} to {high:.2f})"
        )


if __name__ == "__main__":
    main()
