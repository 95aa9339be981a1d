"""The long run: `python -m tests.fuzz --seed 1`, or one case again with `--kinds K --case N`.

Calls are in this process: a warning is an error, and memory has a bound.
"""

from __future__ import annotations

import argparse
import atexit
import os
import shutil
import sys
import tempfile
import time
import warnings
from collections.abc import Sequence

from tests.fuzz.kind import Failure
from tests.fuzz.kinds import KINDS
from tests.fuzz.run import Tally, clean_answers, run_case

DEFAULT_SEED = 20261126
MOST_BYTES = 8 << 30
EVERY = 500


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what was asked; 1 if anything failed."""
    asked = _parser().parse_args(arguments)
    unknown = [name for name in asked.kinds if name not in KINDS]
    if unknown:
        print(f"no kind {', '.join(unknown)}; known: {', '.join(KINDS)}", file=sys.stderr)
        return 2
    _prepare()
    tally = Tally()
    before = clean_answers()
    started = time.perf_counter()
    for name in asked.kinds or KINDS:
        numbers = range(asked.calls or KINDS[name].long_count)
        for number in [asked.case] if asked.case is not None else numbers:
            _count(tally, name, run_case(KINDS[name], asked.seed, number))
            if tally.counts[name] % EVERY == 0:
                spent = time.perf_counter() - started
                print(
                    f"… {name} {tally.counts[name]:,}, {spent:,.0f} s", file=sys.stderr, flush=True
                )
    if clean_answers() != before:
        failure = Failure(
            "clean", asked.seed, 0, ("an answer differs after the run",), "the sentinels"
        )
        tally.failures.append(failure)
        print(failure)
    print(f"\nseed {asked.seed}, {time.perf_counter() - started:,.0f} s\n{tally.summary()}")
    return 1 if tally.failures else 0


def _count(tally: Tally, name: str, failure: Failure | None) -> None:
    tally.counts[name] = tally.counts.get(name, 0) + 1
    if failure is not None:
        tally.failures.append(failure)
        print(f"{failure}\n", flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED)
    parser.add_argument("--kinds", nargs="*", default=[], help=f"of {', '.join(KINDS)}")
    parser.add_argument("--calls", type=int, help="cases of each kind; default: each kind's own")
    parser.add_argument("--case", type=int, help="only this case")
    return parser


def _prepare() -> None:
    """Bound the memory, turn warnings into errors, and leave the user's name and files alone."""
    warnings.simplefilter("error")
    os.environ.pop("KARWAN_ARTICLE", None)
    kernels = tempfile.mkdtemp(prefix="karwan-numba-")
    atexit.register(shutil.rmtree, kernels, ignore_errors=True)
    os.environ["NUMBA_CACHE_DIR"] = kernels
    try:
        import resource
    except ImportError:
        return
    # Of memory that is written to: what draws charts reserves far more than it uses.
    resource.setrlimit(resource.RLIMIT_DATA, (MOST_BYTES, MOST_BYTES))


if __name__ == "__main__":
    sys.exit(main())
