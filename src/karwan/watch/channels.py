"""How alerts go out: an Atom feed in a file, mail, and a signed call of a web address.

A call follows no redirect and goes to no private address that was not named: the address of a hook
is typed by whoever sets up a watch, and the machine that runs it sees more than the world does.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import ipaddress
import json
import smtplib
import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from karwan.base.errors import DataError, Fault, SourceError
from karwan.base.outgoing import plain
from karwan.base.words import counted
from karwan.watch.nouns import CHANGED_WORDS, Alert

SECONDS = 20.0
"""How long a mail server or a hook may take."""
FEED_ENTRIES = 200
SIGNATURE = "X-Karwan-Signature"
DONE = range(200, 300)


def alert_to_dict(alert: Alert) -> dict[str, Any]:
    """Return an alert as plain data, the same in JSON, feed and hook."""
    return {
        "id": alert.id,
        "watch": alert.watch_id,
        "question": alert.question,
        "when": alert.when.value,
        "as_of": alert.as_of,
        "words": alert.words,
        "changed": alert.changed.value,
        "changed_words": CHANGED_WORDS[alert.changed],
        "before_sha256": alert.before_sha256,
        "after_sha256": alert.after_sha256,
        "raised_at": alert.raised_at,
    }


def alert_text(alert: Alert) -> str:
    """Return an alert in three lines: what, why, and the hashes of both answers."""
    return plain(
        f"{alert.as_of} {alert.title}\n"
        f"  changed: {CHANGED_WORDS[alert.changed]}\n"
        f"  answers: {alert.before_sha256[:16]} became {alert.after_sha256[:16]}"
    )


def atom_feed(alerts: Sequence[Alert], name: str) -> str:
    """Return all alerts as an Atom feed (RFC 4287), newest first; the same alerts, the same bytes.

    Parameters
    ----------
    name
        Of the workspace, from which ids of entries are made.
    """
    newest = sorted(alerts, key=lambda one: (one.raised_at, one.id), reverse=True)[:FEED_ENTRIES]
    updated = newest[0].raised_at if newest else "1970-01-01T00:00:00+00:00"
    whole = f"urn:sha256:{hashlib.sha256(name.encode()).hexdigest()}"
    entries = [
        f"<entry><id>{whole}:{one.id}</id><title>{_xml(one.title)}</title>"
        f"<updated>{one.raised_at}</updated>"
        f'<category term="{one.when.value}"/>'
        f"<content>{_xml(alert_text(one))}</content></entry>"
        for one in newest
    ]
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">'
        f"<id>{whole}</id><title>karwan: what changed</title><updated>{updated}</updated>"
        f"<author><name>karwan</name></author>\n" + "\n".join(entries) + "\n</feed>\n"
    )


def _xml(text: str) -> str:
    return escape(plain(text))


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Where mail is handed in, and as whom."""

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = ""


def send_mail(alerts: Sequence[Alert], to: str, server: MailServer) -> None:
    """Send alerts in one mail of plain text.

    Raises
    ------
    SourceError
        If the server cannot be reached or refuses; nothing counts as sent then.
    """
    mail = EmailMessage()
    mail["From"], mail["To"] = server.sender, to
    mail["Subject"] = f"karwan: {counted(len(alerts), 'alert')}, {alerts[-1].as_of}"
    mail.set_content("\n\n".join(map(alert_text, alerts)) + "\n")
    try:
        with smtplib.SMTP(server.host, server.port, timeout=SECONDS) as post:
            post.ehlo()
            if post.has_extn("starttls"):
                post.starttls(context=ssl.create_default_context())
            elif server.user:
                msg = (
                    f"Mail to {to} was not sent: {server.host}:{server.port} offers no TLS, and a "
                    "password is not sent in the clear."
                )
                raise SourceError(msg)
            if server.user:
                post.login(server.user, server.password)
            post.send_message(mail)
    except (smtplib.SMTPException, OSError) as error:
        msg = f"Mail to {to} was not sent: {server.host}:{server.port} {_why(error)}."
        raise SourceError(msg) from error


def _why(error: Exception) -> str:
    return f"says {error}" if str(error) else f"failed ({type(error).__name__})"


def call_hook(
    alerts: Sequence[Alert], address: str, secret: str, *, private: Sequence[str] = ()
) -> None:
    """Post alerts as JSON to a web address, signed with HMAC-SHA256 of the body.

    Parameters
    ----------
    private
        Hosts that may lie at private addresses.

    Raises
    ------
    DataError
        If the address is none for the web, carries a password, or is private and not named.
    SourceError
        If the other side cannot be reached, redirects, or does not answer with 2xx.
    """
    try:
        parts = urlsplit(address)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        fault = Fault("webhook", f"{address!r} is no address of the web: {error}")
        raise DataError("the hook", [fault]) from error
    host = parts.hostname or ""
    faults = []
    if not address.isascii():
        faults.append(Fault("webhook", f"{address!r} has letters that no address has as they are"))
    if parts.scheme not in ("https", "http") or not host:
        faults.append(Fault("webhook", f"{address!r} is no address of the web"))
    if parts.username or parts.password:
        faults.append(Fault("webhook", "leave out the name and password: alerts are signed"))
    if not secret:
        faults.append(Fault("webhook", "has no secret to sign with; set KARWAN_WEBHOOK_SECRET"))
    if parts.scheme == "http" and host not in private:
        faults.append(Fault("webhook", f"{address!r} is not https, and {host} is not listed as "
            "private"))  # fmt: skip
    if faults:
        raise DataError("the hook", faults)
    place = _public_address(host, port, private)
    body = json.dumps(
        {"alerts": [alert_to_dict(one) for one in alerts]}, ensure_ascii=False
    ).encode()
    signed = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    headers = {"Content-Type": "application/json", SIGNATURE: f"sha256={signed}"}
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        status = _post(parts.scheme == "https", host, place, path, body, headers)
    except (OSError, http.client.HTTPException) as error:
        msg = f"The hook {host} was not reached: it {_why(error)}."
        raise SourceError(msg) from error
    if status not in DONE:
        redirects = 300 <= status < 400  # noqa: PLR2004
        why = "redirects, and no redirect is followed" if redirects else f"answers {status}"
        msg = f"The hook {host} {why}; the alerts stay to be sent."
        raise SourceError(msg)


def _public_address(host: str, port: int, private: Sequence[str]) -> tuple[str, int]:
    """Return the address that a name stands for, looked up once, so that it cannot change after.

    Raises
    ------
    DataError
        If any of its addresses is not public and the name is not listed.
    """
    addresses = _addresses(host, port)
    inside = [one for one in addresses if not ipaddress.ip_address(one.split("%")[0]).is_global]
    if inside and host not in private:
        fault = f"{host} lies at the private address {inside[0]}; list it if it is meant"
        raise DataError("the hook", [Fault("webhook", fault)])
    return addresses[0], port


def _addresses(host: str, port: int) -> list[str]:
    """Return the addresses of a host; one that is an address itself is not looked up."""
    try:
        return [str(ipaddress.ip_address(host))]
    except ValueError:
        pass
    try:
        places = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        msg = f"The hook {host} is not known: {error}."
        raise SourceError(msg) from error
    return [str(place[4][0]) for place in places]


def _post(
    secure: bool,
    host: str,
    place: tuple[str, int],
    path: str,
    body: bytes,
    headers: dict[str, str],
) -> int:
    """Post to a place by the name of its host, and return the status; no redirect is followed."""
    connection = http.client.HTTPConnection(host, place[1], timeout=SECONDS)
    link = socket.create_connection(place, timeout=SECONDS)
    try:
        if secure:
            link = ssl.create_default_context().wrap_socket(link, server_hostname=host)
        connection.sock = link
        connection.request("POST", path, body, headers)
        return connection.getresponse().status
    finally:
        link.close()
        connection.close()
