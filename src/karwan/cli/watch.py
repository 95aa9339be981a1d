"""`karwan watch`: ask again, and tell what is new; for cron, since nothing runs by itself."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from karwan.api import today
from karwan.base.workspaces import Workspace as AnyWorkspace
from karwan.base.workspaces import identity_of
from karwan.cli.options import PATH, AsOf, Format, FormatOption, Tables, parse_date, read_path
from karwan.cli.stamp import DEFAULT_WORKSPACE, Who, Workspace, now, who

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from karwan.watch.nouns import Alert
    from karwan.watch.store import Kept

NEW = 3
"""Exit code of a run in which something is new."""
HOOK_SECRET, MAIL_PASSWORD = "KARWAN_WEBHOOK_SECRET", "KARWAN_SMTP_PASSWORD"
MAIL_PORT = 25
app = typer.Typer(help="Ask questions again, and tell what is new.", no_args_is_help=True)


@app.command("add")
def add(
    question: Annotated[
        str,
        typer.Argument(
            metavar="QUESTION",
            help="A command and its names in one word, such as 'hazard torkham'.",
        ),
    ],
    when: Annotated[
        str,
        typer.Option(
            "--when",
            help="What raises an alert: rank ('compare ORIGIN DESTINATION'), status ('network show "
            "ELEMENT', 'ledger show ID'), chance ('hazard ELEMENT', 'target PAIR'), statement "
            "('ledger list [ACTOR]'), horizon ('evidence'), silence ('evidence [ELEMENT]').",
        ),
    ],
    step: Annotated[
        float,
        typer.Option("--step", help="Least change of a chance or a share of readings told, 0-1."),
    ] = 0.05,
    days: Annotated[int, typer.Option("--days", help="Days ahead of a chance.")] = 30,
    as_of: AsOf = None,
    tables: Tables = None,
    workspace: Workspace = DEFAULT_WORKSPACE,
    name: Who = None,
) -> None:
    """Ask QUESTION now, and again at each `watch run`."""
    from karwan.api.watching import Ground, add_watch

    ident = add_watch(
        Ground(tables=tables, workspace=workspace),
        question,
        when,
        as_of=parse_date(as_of),
        added_at=now(),
        who=who(name),
        step=step,
        days=days,
    )
    typer.echo(ident)


@app.command("stop")
def stop(
    ident: Annotated[str, typer.Argument(metavar="ID", help="The watch, such as N0001.")],
    workspace: Workspace = DEFAULT_WORKSPACE,
    name: Who = None,
) -> None:
    """Ask a watch no more; what it told stays."""
    from karwan.api.watching import stop_watch

    stop_watch(workspace, ident, who=who(name), at=now())
    typer.echo(f"{ident} is asked no more.")


@app.command("list")
def list_watches(
    output: FormatOption = Format.table,
    workspace: Workspace = DEFAULT_WORKSPACE,
) -> None:
    """List watches, what each was answered last, and every alert."""
    from karwan.cli.show import csv_text, print_json, print_text, table_text
    from karwan.watch.channels import alert_to_dict
    from karwan.watch.store import read_watches

    kept = read_watches(workspace)
    rows = watch_rows(kept)
    if output is Format.json:
        print_json({"watches": rows, "alerts": [alert_to_dict(one) for one in kept.alerts]})
        return
    names = ("id", "question", "when", "step", "days", "since", "held against", "alerts", "runs")
    cells = [[str(row[name.replace(" ", "_")]) for name in names] for row in rows]
    if output is Format.csv:
        print_text(csv_text([name.replace(" ", "_") for name in names], cells))
        return
    lines = [table_text(names, cells, right=(3, 4, 7))] if cells else ["Nothing is watched."]
    print_text("\n".join([*lines, *alert_lines(kept.alerts)]))


def watch_rows(kept: Kept) -> list[dict[str, object]]:
    """Return a row for each watch: what is asked, since when, and how often it told something."""
    running = {one.id for one in kept.watches}
    return [
        {
            "id": one.id,
            "question": one.question,
            "when": one.when.value,
            "step": one.step,
            "days": one.days,
            "since": one.added_at[:10],
            "held_against": kept.baselines[one.id].as_of,
            "alerts": sum(alert.watch_id == one.id for alert in kept.alerts),
            "runs": one.id in running,
        }
        for one in sorted((*kept.watches, *kept.ended), key=lambda one: one.id)
    ]


def alert_lines(alerts: Sequence[Alert]) -> list[str]:
    """Return alerts as text, a blank line before each."""
    from karwan.watch.channels import alert_text

    return [line for one in alerts for line in ("", f"{one.id}  {alert_text(one)}")]


@app.command("run")
def run(
    feed: Annotated[
        Path | None,
        typer.Option(
            "--feed",
            parser=read_path,
            metavar=PATH,
            help="Write all alerts as an Atom feed.",
            show_default=False,
        ),
    ] = None,
    mail: Annotated[
        str | None, typer.Option("--mail", help="Send new alerts to this address.")
    ] = None,
    smtp: Annotated[
        str | None,
        typer.Option("--smtp", help="Mail server, HOST or HOST:PORT. Needed for mail."),
    ] = None,
    mail_from: Annotated[
        str | None, typer.Option("--mail-from", help="Sender. Default: the address itself.")
    ] = None,
    mail_user: Annotated[
        str,
        typer.Option("--mail-user", help=f"Name at the server; {MAIL_PASSWORD} has its password."),
    ] = "",
    webhook: Annotated[
        str | None,
        typer.Option(
            "--webhook",
            help=f"Post new alerts to this address as JSON, signed with {HOOK_SECRET}.",
        ),
    ] = None,
    private: Annotated[
        list[str] | None,
        typer.Option(
            "--allow-private",
            help="A host that may lie at a private address, or be called without TLS. May be "
            "repeated.",
            show_default=False,
        ),
    ] = None,
    output: FormatOption = Format.table,
    as_of: AsOf = None,
    tables: Tables = None,
    workspace: Workspace = DEFAULT_WORKSPACE,
    name: Who = None,
) -> None:
    """Ask all watches again; exit code 3 when something is new, 0 when nothing is."""
    from karwan.api.watching import Ground, run_watches
    from karwan.base.errors import SourceError
    from karwan.base.store import write_text
    from karwan.base.troubles import check_target
    from karwan.base.words import counted
    from karwan.cli.show import csv_text, print_json, print_text
    from karwan.watch.channels import alert_to_dict, atom_feed
    from karwan.watch.store import read_watches

    senders = _senders(mail, smtp, mail_from, mail_user, webhook, private or [])
    if feed is not None:
        check_target(feed)
    ground = Ground(tables=tables, workspace=workspace)
    day = parse_date(as_of) if as_of else today()
    ran = run_watches(ground, as_of=day, at=now(), who=who(name))
    raised = ran.alerts
    kept = read_watches(workspace)
    if feed is not None:
        write_text(feed, atom_feed(kept.alerts, identity_of(workspace)), make_folders=True)
    rows = [alert_to_dict(one) for one in raised]
    if output is Format.json:
        print_json({"as_of": day.isoformat(), "watches": len(kept.watches), "alerts": rows})
    elif output is Format.csv:
        names = list(rows[0]) if rows else ["id", "watch", "question", "when", "as_of", "words"]
        print_text(csv_text(names, [list(row.values()) for row in rows]))
    else:
        head = f"{len(kept.watches)} asked as of {day}; new: {len(raised)}"
        print_text("\n".join([head, *alert_lines(raised)]))
    _deliver(workspace, kept, senders, who(name))
    if ran.failed:
        count = counted(len(ran.failed), "watch", "watches")
        msg = f"{count} could not be asked: {'; '.join(ran.failed)}"
        raise SourceError(msg)
    if raised:
        raise typer.Exit(NEW)


def _senders(
    mail: str | None,
    smtp: str | None,
    mail_from: str | None,
    mail_user: str,
    webhook: str | None,
    private: Sequence[str],
) -> dict[str, Callable[[Sequence[Alert]], None]]:
    """Return how alerts go out, by channel.

    Raises
    ------
    DataError
        If mail has no server, or its port is none.
    """
    from karwan.base.errors import DataError, Fault
    from karwan.watch.channels import MailServer, call_hook, send_mail

    senders: dict[str, Callable[[Sequence[Alert]], None]] = {}
    if mail is not None:
        host, _, port = (smtp or "").partition(":")
        faults = []
        if not host:
            faults.append(Fault("smtp", "mail needs a server"))
        if port and not port.isdecimal():
            faults.append(Fault("smtp", f"{port!r} is no port"))
        if "@" not in mail:
            faults.append(Fault("mail", f"{mail!r} is no address"))
        if faults:
            raise DataError("the question", faults)
        server = MailServer(
            host=host,
            port=int(port or MAIL_PORT),
            sender=mail_from or mail,
            user=mail_user,
            password=os.environ.get(MAIL_PASSWORD, ""),
        )
        senders[f"mail {mail}"] = lambda alerts: send_mail(alerts, mail, server)
    if webhook is not None:
        secret = os.environ.get(HOOK_SECRET, "")
        senders[f"webhook {webhook}"] = lambda alerts: call_hook(
            alerts, webhook, secret, private=private
        )
    return senders


def _deliver(
    workspace: AnyWorkspace,
    kept: Kept,
    senders: dict[str, Callable[[Sequence[Alert]], None]],
    name: str,
) -> None:
    """Send each alert by each channel once; one that failed is sent by the next run.

    Raises
    ------
    SourceError
        If a channel failed: all others were tried before, and what went out is kept.
    """
    from karwan.base.errors import KarwanError, SourceError
    from karwan.watch.store import keep_delivery

    failed: list[KarwanError] = []
    for channel, send in senders.items():
        due = [one for one in kept.alerts if (one.id, channel) not in kept.delivered]
        if not due:
            continue
        try:
            send(due)
        except KarwanError as error:
            failed.append(error)
            continue
        keep_delivery(workspace, due, channel, who=name, when=now())
    if len(failed) == 1:
        raise failed[0]
    if failed:
        raise SourceError(" ".join(map(str, failed)))
