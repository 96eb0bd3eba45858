"""People to tell: a web server that takes hooks and pings, and a mail server, both real and on this machine."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import dagster as dg
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message

from pipelines.settings import Alerts, Settings


class Hook:
    """Take what is posted, count what is asked for and give its `pages`; `answer` is the status of every answer."""

    def __init__(self) -> None:
        self.posts: list[dict] = []
        self.pings = 0
        self.answer = 200
        self.pages: dict[str, bytes] = {}
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if hook.answer == 200:
                    hook.posts.append(body)
                self.send_response(hook.answer)
                self.end_headers()

            def do_GET(self) -> None:
                hook.pings += 1
                self.send_response(hook.answer)
                self.end_headers()
                if hook.answer == 200:
                    self.wfile.write(hook.pages.get(self.path, b""))

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/secret-part"
        # A server looks up so often whether it shall end; half a second as it comes, which every test would wait.
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()


class Mailbox(Message):
    """Keep every message that the mail server took."""

    def __init__(self) -> None:
        super().__init__()
        self.messages = []

    def handle_message(self, message) -> None:
        """Keep one message."""
        self.messages.append(message)


@pytest.fixture
def hook() -> Iterator[Hook]:
    """Start a web server that keeps what is posted to it."""
    found = Hook()
    yield found
    found.server.shutdown()


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """Start a mail server; its address stands in `mailbox.url`."""
    box = Mailbox()
    # The controller greets itself to see whether it is up, so it must know its port beforehand.
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    box.url = f"smtp://127.0.0.1:{port}"
    yield box
    controller.stop()


@pytest.fixture
def told(settings: Settings, tmp_path: Path, hook: Hook, mailbox: Mailbox) -> Settings:
    """Give the settings of an empty warehouse whose people are told by webhook and by e-mail."""
    alerts = Alerts(webhook=hook.url, smtp=mailbox.url, email_to=("desk@example.org",), heartbeat=hook.url)
    return settings.replace(warehouse=tmp_path / "warehouse", alerts=alerts)


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    """Give a Dagster instance that remembers nothing yet."""
    with dg.DagsterInstance.ephemeral() as found:
        yield found
