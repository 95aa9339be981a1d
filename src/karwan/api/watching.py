"""Questions that are asked again: what they are answered now, and what of it is new."""

from __future__ import annotations

import datetime as dt
import shlex
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from karwan import __version__
from karwan.base.errors import DataError, Fault, KarwanError
from karwan.base.provenance import last_day
from karwan.base.store import sha256_hex, to_json
from karwan.base.workspaces import Workspace
from karwan.watch.differences import difference, what_changed
from karwan.watch.nouns import Alert, Observation, Watch, When
from karwan.watch.silence import silent_sources
from karwan.watch.store import News, end_watch, keep_news, keep_watch, read_watches

if TYPE_CHECKING:
    from karwan.api.region import Region

Seen = tuple[dict[str, Any], Any]
"""What is compared, and the whole answer."""
EVIDENCE = "evidence"
QUESTIONS = {
    When.rank: ("compare ORIGIN DESTINATION",),
    When.status: ("network show ELEMENT", "ledger show ID"),
    When.chance: ("hazard ELEMENT", "target PAIR"),
    When.statement: ("ledger list", "ledger list ACTOR"),
    When.horizon: (EVIDENCE,),
    When.silence: (EVIDENCE, "evidence ELEMENT"),
}
"""What may be asked again, by what raises an alert."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Where a watch is asked: its tables and workspace, which are the same on every day."""

    tables: Path | None
    workspace: Workspace

    def region(self, as_of: dt.date, as_recorded: dt.date | None = None) -> Region:
        """Return the region on a date, by the rows entered until a day."""
        from karwan.api.region import region

        return region(
            as_of=as_of, tables=self.tables, workspace=self.workspace, as_recorded=as_recorded
        )


def add_watch(  # noqa: PLR0913
    ground: Ground,
    question: str,
    when: str,
    *,
    as_of: dt.date,
    added_at: str,
    who: str,
    step: float = 0.05,
    days: int = 30,
) -> str:
    """Ask a question, keep it with its first answer, and return the id of the watch.

    Raises
    ------
    DataError
        If the question cannot be watched so, or its names are not known; nothing is kept then.
    """
    faults = []
    if when not in [one.value for one in When]:
        faults.append(Fault("when", f"{when!r} is not one of {', '.join(When)}"))
    if not 0 < step < 1:
        faults.append(Fault("step", f"{step:g} is no share above 0 and below 1"))
    if days < 1:
        faults.append(Fault("days", f"{days} is less than one day"))
    if faults:
        raise DataError("the watch", faults)
    new = Watch(
        id="",
        question=" ".join(_words(question)),
        when=When(when),
        step=step,
        days=days,
        added_at=added_at,
    )
    first = observe(ground.region(as_of), new)
    return keep_watch(ground.workspace, new, first, who=who)


def stop_watch(workspace: Workspace, ident: str, *, who: str, at: str) -> None:
    """Ask a watch no more; what it told stays."""
    end_watch(workspace, ident, who=who, when=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What a run of all watches raised, and those that could not be asked, each with its reason."""

    alerts: tuple[Alert, ...]
    failed: tuple[str, ...]


def run_watches(ground: Ground, *, as_of: dt.date, at: str, who: str) -> Ran:
    """Ask every watch again and keep what is new; one alert a watch and day at most.

    A watch that cannot be asked any more hinders no other.

    Raises
    ------
    DataError
        If `as_of` lies before a day on which a watch was answered.
    """
    kept = read_watches(ground.workspace)
    early = [one.id for one in kept.watches if kept.baselines[one.id].as_of > as_of.isoformat()]
    if early:
        fault = Fault("as_of", f"{as_of} lies before the last answer of {', '.join(early)}")
        raise DataError("the watches", [fault])
    news, failed = [], []
    region = ground.region(as_of)
    for watch in kept.watches:
        before = kept.baselines[watch.id]
        try:
            after = observe(region, watch)
            words = difference(watch, before.told, after.told)
            again = _again(ground, watch, before, kept.alerts)
            changed = None if words is None else what_changed(watch, before, after, again)
        except KarwanError as error:
            failed.append(f"{watch.id} {watch.question}: {error}")
            continue
        news.append(News(watch=watch, before=before, after=after, words=words, changed=changed))
    alerts = keep_news(ground.workspace, news, who=who, when=at)
    return Ran(alerts=tuple(alerts), failed=tuple(failed))


def _again(
    ground: Ground, watch: Watch, before: Observation, alerts: Sequence[Alert]
) -> Callable[[], Observation]:
    """Return how to ask the earlier question of the tables and the program of today."""
    from karwan.data.catalog import Catalog

    told = [one.raised_at for one in alerts if one.watch_id == watch.id]
    entered = dt.date.fromisoformat((told[-1] if told else watch.added_at)[:10])
    recorded = entered if entered >= Catalog(ground.tables).released() else None
    day = dt.date.fromisoformat(before.as_of)
    return lambda: observe(ground.region(day, recorded), watch)


def observe(region: Region, watch: Watch) -> Observation:
    """Return what a watch is answered by a region.

    Raises
    ------
    DataError
        If the question is none that can be watched so.
    """
    from karwan.evidence.workspace import workspace_version

    told, answer = _asked(region, watch)
    catalog = region.world.catalog
    return Observation(
        as_of=region.as_of.isoformat(),
        told=told,
        answer_sha256=sha256_hex(to_json(answer).encode()),
        code=code_version(),
        tables_sha256=catalog.tables_sha256,
        rows=workspace_version(catalog.workspace),
    )


@cache
def code_version() -> str:
    """Return the version of the program with a hash of its source."""
    root = Path(str(resources.files("karwan")))
    parts = [
        f"{path.relative_to(root).as_posix()} {sha256_hex(path.read_bytes())}"
        for path in sorted(root.rglob("*.py"))
    ]
    return f"{__version__}+{sha256_hex(chr(10).join(parts).encode())[:12]}"


def _words(question: str) -> list[str]:
    try:
        return shlex.split(question)
    except ValueError as error:
        fault = Fault("question", f"{question!r} cannot be read: {error}")
        raise DataError("the watch", [fault]) from error


def _asked(region: Region, watch: Watch) -> Seen:
    words = _words(watch.question)
    for (when, *head), names, ask in _FORMS:
        rest = words[len(head) :]
        if watch.when is when and words[: len(head)] == head and len(rest) in names:
            return ask(region, watch, rest)
    asks = " or ".join(repr(one) for one in QUESTIONS[watch.when])
    fault = f"{watch.question!r} cannot be watched for {watch.when.value}: ask {asks}"
    raise DataError("the watch", [Fault("question", fault)])


def _compare(region: Region, _: Watch, names: Sequence[str]) -> Seen:
    answer = region.compare(names[0], names[1]).to_dict()
    ways = (answer["shares"] or {}).get("ways", [])
    shares = {
        one["corridor"]: {
            "share": one["cheapest_on_average"],
            "error_share": one["error_cheapest_on_average"],
        }
        for one in ways
    }
    first = max(shares, key=lambda one: (shares[one]["share"], one)) if shares else None
    if first is None and answer["best"] is not None:
        first = answer["best"]["corridor"]
    named = {one["corridor"]: one["corridor_name"] for one in answer["corridors"]}
    return {"first": first, "shares": shares, "names": {one: named[one] for one in shares}}, answer


def _crossing(region: Region, _: Watch, names: Sequence[str]) -> Seen:
    answer = region.network.show(names[0]).to_dict()
    if "state" not in answer:
        fault = Fault("question", f"{names[0]!r} is no crossing or line, and has no status")
        raise DataError("the watch", [fault])
    world = region.world
    element = world.network.element(names[0])
    running = sorted(
        {
            f"{one.traffic_class} shut out since {one.start}"
            for one in world.running.get(element.id, ())
        }
    )
    return {"status": {element.name: "; ".join(running) or "not on record as shut"}}, answer


def _statement(region: Region, _: Watch, names: Sequence[str]) -> Seen:
    answer = _ledger(region).show(names[0]).to_dict()
    return {"status": {answer["id"]: _delivery(answer)}}, answer


def _statements(region: Region, _: Watch, names: Sequence[str]) -> Seen:
    answer = _ledger(region).list(actor=names[0] if names else None).to_dict()
    return {"status": {row["id"]: _delivery(row) for row in answer}}, answer


def _delivery(row: dict[str, Any]) -> str:
    words = [row[name] for name in ("delivery", "evidence_status") if row[name]]
    return ", ".join(words) or "stored, not assessed"


def _ledger(region: Region) -> Any:
    from threading import RLock

    from karwan.analysis.assurances.book import open_book
    from karwan.api.statements import Ledger

    catalog = region.world.catalog
    return Ledger(region.as_of, open_book(catalog), catalog.workspace, RLock())


def _hazard(region: Region, watch: Watch, names: Sequence[str]) -> Seen:
    answer = region.hazard(names[0], days=(watch.days,)).to_dict()
    one = answer[0] if isinstance(answer, list) else answer
    if "p_shut" not in one:
        text = f"{names[0]!r} is a frontier of several gates, with no one chance: name one of them"
        raise DataError("the watch", [Fault("question", text)])
    told = {
        "share": (one["p_shut"] or {}).get(str(watch.days)),
        "error_share": 0.0,
        "of": f"chance that {one['name']} is shut {watch.days} days ahead",
    }
    return told, answer


def _target(region: Region, _: Watch, names: Sequence[str]) -> Seen:
    answer = region.target(names[0]).to_dict()
    high = (answer["verdict"] or {}).get("p_high")
    of = f"chance at most that the target of {answer['pair']} is met"
    return {"share": high, "error_share": 0.0, "of": of}, answer


def _horizon(region: Region, _: Watch, names: Sequence[str]) -> Seen:
    told = {"horizon": region.evidence_horizon.isoformat()}
    return told, told


def _silence(region: Region, _: Watch, names: Sequence[str]) -> Seen:
    rows = source_days(region, names[0] if names else None)
    told = {"silent": silent_sources(rows, region.as_of)}
    return told, told


def source_days(region: Region, name: str | None = None) -> dict[str, list[dt.date]]:
    """Return the days on which each source had a row of closures or sightings, or a feed figures.

    Parameters
    ----------
    name
        Only rows on this crossing or line; None for all. A source is the site of its address, or
        the name of a feed of which figures were accepted.
    """
    from karwan.api.feeding import country_codes
    from karwan.evidence.feeds.shelf import accepted_figures
    from karwan.evidence.own_record import list_records, used_sightings

    catalog, element = region.world.catalog, None
    if name is not None:
        element = region.world.network.element(name).id
    days: dict[str, list[dt.date]] = defaultdict(list)
    told = [(one.element_id, one.source) for one in region.world.record.spells]
    if catalog.workspace is not None:
        own = list_records(catalog.workspace, catalog.as_recorded)
        told += [(one.element_id, one.source) for one in used_sightings(own, region.as_of)]
        if element is None:
            for figure in accepted_figures(
                catalog.workspace, country_codes(catalog)[0], as_recorded=catalog.as_recorded
            ):
                if figure.row.start is not None:
                    days[f"feed {figure.file.feed}"].append(figure.row.start)
    for ident, source in told:
        site = urlsplit(source.url).netloc.removeprefix("www.") or source.url
        day = last_day(source.date)
        if day is not None and element in (None, ident):
            days[site].append(day)
    return days


_Ask = Callable[["Region", Watch, Sequence[str]], Seen]
_FORMS: tuple[tuple[tuple[Any, ...], tuple[int, ...], _Ask], ...] = (
    ((When.rank, "compare"), (2,), _compare),
    ((When.status, "network", "show"), (1,), _crossing),
    ((When.status, "ledger", "show"), (1,), _statement),
    ((When.chance, "hazard"), (1,), _hazard),
    ((When.chance, "target"), (1,), _target),
    ((When.statement, "ledger", "list"), (0, 1), _statements),
    ((When.horizon, EVIDENCE), (0,), _horizon),
    ((When.silence, EVIDENCE), (0, 1), _silence),
)
"""What is asked for each cause, with how many names."""
