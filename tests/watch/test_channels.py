"""Feeds, hooks and mail: signed, sent once, no redirect followed, no private place reached."""

from __future__ import annotations

import hashlib
import hmac
import json
import smtplib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from xml.etree import ElementTree

import pytest

from karwan.base.errors import DataError, SourceError
from karwan.watch.channels import SIGNATURE, MailServer, atom_feed, call_hook, send_mail
from karwan.watch.nouns import Alert, Changed, When

ALERT = Alert(
    id="L0001",
    watch_id="N0001",
    question="hazard torkham",
    when=When.chance,
    as_of="2026-11-27",
    words="chance: 89.7% became 6.0% <b>",
    changed=Changed.world,
    before_sha256="a" * 64,
    after_sha256="b" * 64,
    raised_at="2026-11-27T10:00:00+00:00",
)


@contextmanager
def hook(status: int) -> Iterator[tuple[str, list[Any]]]:
    """Serve a hook that answers with a status; yield its address and what was posted."""
    posted: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            posted.append((self.path, dict(self.headers), body))
            self.send_response(status)
            self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/hook", posted
        server.shutdown()
        thread.join()


def test_a_hook_gets_a_signed_body() -> None:
    with hook(204) as (address, posted):
        call_hook([ALERT], address, "secret", private=["127.0.0.1"])
    ((path, headers, body),) = posted
    assert path == "/hook"
    signed = hmac.new(b"secret", body, hashlib.sha256).hexdigest()
    assert headers[SIGNATURE] == f"sha256={signed}"
    assert json.loads(body)["alerts"][0]["id"] == "L0001"


@pytest.mark.parametrize(("status", "why"), [(302, "redirects"), (500, "answers 500")])
def test_a_hook_that_redirects_or_fails_is_told_and_not_followed(status: int, why: str) -> None:
    with hook(status) as (address, posted):
        with pytest.raises(SourceError, match=why):
            call_hook([ALERT], address, "secret", private=["127.0.0.1"])
        assert len(posted) == 1


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("https://127.0.0.1/hook", "private address"),
        ("https://localhost/hook", "private address"),
        ("https://[::1]/", "private address"),
        ("https://169.254.169.254/latest", "private address"),
        ("http://example.org/", "is not https"),
        ("ftp://example.org/", "no address of the web"),
        ("https://me:pw@127.0.0.1/", "leave out the name and password"),
        ("https://example.org:99999/", "no address of the web"),
        ("https://[::1/", "no address of the web"),
        ("https://example.org/перевал", "letters that no address has"),
    ],
)
def test_a_hook_at_a_private_or_strange_address_is_refused(address: str, why: str) -> None:
    with pytest.raises(DataError, match=why):
        call_hook([ALERT], address, "secret")


def test_a_hook_without_a_secret_is_refused() -> None:
    with pytest.raises(DataError, match="no secret"):
        call_hook([ALERT], "https://127.0.0.1/", "")


def test_the_feed_is_atom_and_the_same_twice() -> None:
    feed = atom_feed([ALERT], "workspace")
    root = ElementTree.fromstring(feed)
    names = {"a": "http://www.w3.org/2005/Atom"}
    (entry,) = root.findall("a:entry", names)
    assert "became 6.0% <b>" in (entry.findtext("a:title", namespaces=names) or "")
    assert feed == atom_feed([ALERT], "workspace")
    assert ElementTree.fromstring(atom_feed([], "workspace")).findall("a:entry", names) == []


def test_mail_goes_in_one_letter_and_a_refusal_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[EmailMessage] = []

    class Post:
        def __init__(self, *_: Any, **__: Any) -> None:
            if sent:
                raise smtplib.SMTPServerDisconnected("gone")

        def __enter__(self) -> Post:
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def ehlo(self) -> None:
            pass

        def has_extn(self, _: str) -> bool:
            return False

        def send_message(self, mail: EmailMessage) -> None:
            sent.append(mail)

    monkeypatch.setattr(smtplib, "SMTP", Post)
    server = MailServer(host="mail.example.org", port=25, sender="desk@example.org")
    send_mail([ALERT, ALERT], "chief@example.org", server)
    assert sent[0]["Subject"] == "karwan: 2 alerts, 2026-11-27"
    with pytest.raises(SourceError, match=r"was not sent: .*says gone"):
        send_mail([ALERT], "chief@example.org", server)
    sent.clear()
    named = MailServer(host="mail.example.org", port=25, sender="d@example.org", user="desk")
    with pytest.raises(
        SourceError, match=r"offers no TLS, and a password is not sent in the clear"
    ):
        send_mail([ALERT], "chief@example.org", named)
    assert not sent
