"""Watches in the workspace database: added, answered, told and delivered; never changed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from karwan.base.errors import DataError, Fault, UnknownNameError, nearest
from karwan.base.workspaces import Workspace
from karwan.evidence.rows import (
    WatchAlertRow,
    WatchAnswerRow,
    WatchDeliveryRow,
    WatchRow,
)
from karwan.evidence.workspace import add_row, reading, rows_of, writing
from karwan.watch.nouns import Alert, Changed, Observation, Watch, When

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """All that a workspace holds of watches.

    Attributes
    ----------
    watches
        Those that run; `ended` are those that do no more.
    baselines
        What each watch told last, or was answered first: the next answer is held against it.
    delivered
        Alert and channel of each that went out.
    """

    watches: tuple[Watch, ...]
    ended: tuple[Watch, ...]
    baselines: dict[str, Observation]
    alerts: tuple[Alert, ...]
    delivered: frozenset[tuple[str, str]]

    def told_on(self, watch_id: str, as_of: str) -> bool:
        """Whether a watch has told something on a day: it tells one thing a day at most."""
        return any((one.watch_id, one.as_of) == (watch_id, as_of) for one in self.alerts)


def read_watches(folder: Workspace) -> Kept:
    """Return the watches of a workspace with what they told."""
    with reading(folder) as connection:
        return _kept(connection)


def _kept(connection: Connection | None) -> Kept:
    rows = rows_of(connection, WatchRow)
    over = {row.ends for row in rows if row.ends}
    every = [_watch(row) for row in rows if not row.ends]
    by_id = {one.id: one for one in every}
    answers = rows_of(connection, WatchAnswerRow)
    kept = {row.id: row for row in answers}
    alerts = rows_of(connection, WatchAlertRow)
    baselines: dict[str, Observation] = {}
    for row in answers:
        baselines.setdefault(row.watch_id, _observation(row))
    for alert in alerts:
        baselines[alert.watch_id] = _observation(kept[alert.answer_id])
    return Kept(
        watches=tuple(one for one in every if one.id not in over),
        ended=tuple(one for one in every if one.id in over),
        baselines=baselines,
        alerts=tuple(_alert(row, by_id[row.watch_id]) for row in alerts),
        delivered=frozenset(
            (row.alert_id, row.channel) for row in rows_of(connection, WatchDeliveryRow)
        ),
    )


def _watch(row: WatchRow) -> Watch:
    return Watch(
        id=row.id,
        question=row.question,
        when=When(row.cause),
        step=row.step,
        days=row.days,
        added_at=row.added_at,
    )


def _observation(row: WatchAnswerRow) -> Observation:
    return Observation(
        as_of=row.as_of,
        told=json.loads(row.told),
        answer_sha256=row.answer_sha256,
        code=row.code,
        tables_sha256=row.tables_sha256,
        rows=row.rows,
    )


def _alert(row: WatchAlertRow, watch: Watch) -> Alert:
    return Alert(
        id=row.id,
        watch_id=row.watch_id,
        question=watch.question,
        when=watch.when,
        as_of=row.as_of,
        words=row.words,
        changed=Changed(row.changed),
        before_sha256=row.before_sha256,
        after_sha256=row.after_sha256,
        raised_at=row.added_at,
    )


def keep_watch(folder: Workspace, new: Watch, first: Observation, *, who: str) -> str:
    """Keep a watch with its first answer, both or neither, and return its id.

    Raises
    ------
    DataError
        If the same is watched already.
    """
    with writing(folder) as connection:
        for one in _kept(connection).watches:
            if (one.question, one.when) == (new.question, new.when):
                fault = Fault("question", f"{new.question!r} is watched already, as {one.id}")
                raise DataError("the watch", [fault])
        ident = add_row(
            connection,
            WatchRow(
                id="",
                question=new.question,
                cause=new.when.value,
                step=new.step,
                days=new.days,
                ends="",
                added_by=who,
                added_at=new.added_at,
            ),
        )
        _add_answer(connection, ident, first, who=who, when=new.added_at)
    return ident


def end_watch(folder: Workspace, ident: str, *, who: str, when: str) -> None:
    """Ask a watch no more; what it told stays.

    Raises
    ------
    UnknownNameError
        If there is no such watch, or it was ended before.
    """
    with writing(folder) as connection:
        known = {one.id: one for one in _kept(connection).watches}
        if ident not in known:
            raise UnknownNameError("watch", ident, nearest(ident, known))
        one = known[ident]
        add_row(
            connection,
            WatchRow(
                id="",
                question=one.question,
                cause=one.when.value,
                step=one.step,
                days=one.days,
                ends=ident,
                added_by=who,
                added_at=when,
            ),
        )


def _add_answer(
    connection: Connection, watch_id: str, seen: Observation, *, who: str, when: str
) -> str:
    return add_row(
        connection,
        WatchAnswerRow(
            id="",
            watch_id=watch_id,
            as_of=seen.as_of,
            told=json.dumps(seen.told, ensure_ascii=False, sort_keys=True),
            answer_sha256=seen.answer_sha256,
            code=seen.code,
            tables_sha256=seen.tables_sha256,
            rows=seen.rows,
            added_by=who,
            added_at=when,
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What a watch was answered now, and what of it is new."""

    watch: Watch
    before: Observation
    after: Observation
    words: str | None
    changed: Changed | None


def keep_news(folder: Workspace, news: Sequence[News], *, who: str, when: str) -> list[Alert]:
    """Keep what is new, in one transaction, and return the alerts that were raised.

    An alert of a watch that told something on the same day is left for the next day: the answer
    is held against what was told last, so it is not lost.
    """
    raised = []
    with writing(folder) as connection:
        for one in news:
            if one.words is None or one.changed is None:
                continue
            if _kept(connection).told_on(one.watch.id, one.after.as_of):
                continue
            answer = _add_answer(connection, one.watch.id, one.after, who=who, when=when)
            row = WatchAlertRow(
                id="",
                watch_id=one.watch.id,
                as_of=one.after.as_of,
                words=one.words,
                changed=one.changed.value,
                before_sha256=one.before.answer_sha256,
                after_sha256=one.after.answer_sha256,
                answer_id=answer,
                added_by=who,
                added_at=when,
            )
            ident = add_row(connection, row)
            raised.append(ident)
        alerts = {one.id: one for one in _kept(connection).alerts}
    return [alerts[ident] for ident in raised]


def keep_delivery(
    folder: Workspace, alerts: Sequence[Alert], channel: str, *, who: str, when: str
) -> None:
    """Keep that alerts went out by a channel, so that none goes out twice."""
    with writing(folder) as connection:
        for alert in alerts:
            row = WatchDeliveryRow(
                id="", alert_id=alert.id, channel=channel, added_by=who, added_at=when
            )
            add_row(connection, row)
