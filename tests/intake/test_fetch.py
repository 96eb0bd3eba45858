"""Look for editions on a real web server of this machine, which misbehaves on demand."""

from __future__ import annotations

import gzip
import os
import threading
import time
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from pipelines.files.lock import writing
from pipelines.intake.fetch import fetch
from pipelines.intake.inbox import refused_files
from pipelines.intake.memory import read_memory
from pipelines.intake.web import WebError, get
from pipelines.sources.archive import read_receipts

WORKBOOK = "/finance/def-exp-2026-en.xlsx"
PAGE = '<html><body><a href="/finance/def-exp-2026-en.pdf">Defence expenditure</a></body></html>'


class Site:
    """Serve a topic page and whatever a test puts at an address, and count what was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, Callable[[BaseHTTPRequestHandler], None]] = {"/topic": body(PAGE.encode())}
        self.asked: Counter[str] = Counter()
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked[self.path] += 1
                site.answers.get(self.path, status(404))(self)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        # A server looks up so often whether it shall end; half a second as it comes, which every test would wait.
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()


def body(content: bytes, **headers: str):
    def answer(request: BaseHTTPRequestHandler) -> None:
        if headers.get("ETag") and request.headers.get("If-None-Match") == headers["ETag"]:
            request.send_response(304)
            request.end_headers()
            return
        request.send_response(200)
        for name, value in {"Content-Length": str(len(content)), **headers}.items():
            request.send_header(name.replace("_", "-"), value)
        request.end_headers()
        request.wfile.write(content)

    return answer


def status(code: int, **headers: str):
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(code)
        for name, value in headers.items():
            request.send_header(name, value)
        request.send_header("Content-Length", "0")
        request.end_headers()

    return answer


def in_turn(*answers):
    left = list(answers)
    return lambda request: (left.pop(0) if len(left) > 1 else left[0])(request)


def cut_short(content: bytes):
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        request.wfile.write(content[: len(content) // 2])
        request.close_connection = True

    return answer


def dripping(content: bytes):
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        for byte in content:
            try:
                request.wfile.write(bytes([byte]))
            except OSError:
                return
            time.sleep(0.05)

    return answer


@pytest.fixture
def site():
    site = Site()
    yield site
    site.server.shutdown()
    site.server.server_close()


@pytest.fixture
def online(empty, site):
    """Give a warehouse whose publisher is the site."""
    return empty.replace(
        topic_page=f"{site.url}/topic",
        allow_loopback=True,
        fetch_timeout_s=1.5,
        fetch_wait_s=0,
        fetch_attempts=2,
    )


def outcomes(findings) -> dict[str, str]:
    return {finding.url.rsplit("/", 1)[-1]: finding.outcome for finding in findings}


def test_a_new_edition_beside_the_pdf_is_taken_in_once(online, project, site, workbooks):
    site.answers[WORKBOOK] = body(
        workbooks[2026].read_bytes(), ETag='"7"', Last_Modified="Tue, 07 Jul 2026 10:00:00 GMT"
    )
    findings = fetch(online, project)
    assert outcomes(findings) == {"topic": "read", "def-exp-2026-en.xlsx": "new revision"}
    receipt = read_receipts(online.raw)[0]
    assert receipt.origin == site.url + WORKBOOK
    assert (receipt.etag, receipt.last_modified) == ('"7"', "Tue, 07 Jul 2026 10:00:00 GMT")
    again = fetch(online, project)
    assert outcomes(again) == {"topic": "read", "def-exp-2026-en.xlsx": "unchanged"}
    assert len(read_receipts(online.raw)) == 1
    assert read_memory(online).findings[1]["outcome"] == "unchanged"


def test_an_edition_nobody_declared_is_dated_by_the_server(online, project, site, figures, tmp_path):
    from tests.workbooks import modern_workbook, save

    path = save(modern_workbook(figures[2024]), tmp_path / "any.xlsx")
    site.answers["/topic"] = body(b'<a href="/finance/def-exp-2024-november-en.xlsx">Tables</a>')
    site.answers["/finance/def-exp-2024-november-en.xlsx"] = body(
        path.read_bytes(), Last_Modified="Tue, 12 Nov 2024 09:00:00 GMT"
    )
    assert outcomes(fetch(online, project))["def-exp-2024-november-en.xlsx"] == "new edition"
    assert read_receipts(online.raw)[0].edition_id == "nato-2024-11"


def test_what_can_pass_by_itself_is_tried_again(online, project, site, workbooks):
    site.answers[WORKBOOK] = in_turn(status(500), body(workbooks[2026].read_bytes()))
    assert outcomes(fetch(online, project))["def-exp-2026-en.xlsx"] == "new revision"
    assert site.asked[WORKBOOK] == 2


def test_what_cannot_pass_is_not_tried_again(online, project, site):
    site.answers[WORKBOOK] = status(403)
    assert outcomes(fetch(online, project))["def-exp-2026-en.xlsx"] == "failed"
    assert site.asked[WORKBOOK] == 1


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (body(b"<!DOCTYPE html><title>Not here</title>"), "is no workbook; it begins with '<!DOCTYPE html>"),
        (cut_short(b"PK" + b"x" * 5000), "peer closed connection"),
        (dripping(b"PK" + b"x" * 5000), "too slow"),
        (status(302, Location="https://example.org/def-exp-2026-en.xlsx"), "outside the publisher's domain"),
        (status(302, Location="http://localhost:1/def-exp-2026-en.xlsx"), "outside the publisher's domain"),
        (status(302, Location="ftp://127.0.0.1/x.xlsx"), "is not https"),
        (status(302, Location=WORKBOOK), "redirects more than 5 times"),
        (status(500), "answers 500"),
    ],
)
def test_a_site_that_misbehaves_is_told_and_changes_nothing(online, project, site, answer, words):
    site.answers[WORKBOOK] = answer
    finding = next(f for f in fetch(online, project) if f.url.endswith(WORKBOOK))
    assert finding.outcome == "failed" and words in finding.words, finding.words
    assert not online.raw.exists() and refused_files(online) == {}


def test_an_address_that_is_not_there_is_told_only_where_a_page_named_it(online, project, site):
    """And a site where no address is there any more has failed, whatever its page says."""
    assert outcomes(fetch(online, project)) == {"topic": "failed"}
    site.answers["/topic"] = body(b'<a href="/finance/def-exp-2026-en.xlsx">Tables</a>')
    findings = fetch(online, project)
    assert outcomes(findings)["def-exp-2026-en.xlsx"] == "not there"
    assert findings[-1].outcome == "failed" and "gave no workbook at all" in findings[-1].words
    assert read_memory(online).failed() == (findings[-1].words,)


def test_a_page_without_any_workbook_is_a_failure(online, project, site):
    site.answers["/topic"] = body(b'<a href="/elsewhere">We have moved</a>')
    (finding,) = fetch(online, project)
    assert finding.outcome == "failed" and "links to no workbook among 1 links" in finding.words


def test_one_bad_link_spoils_only_itself(online, project, site, workbooks):
    long = f"/finance/def-exp-2026-{'x' * 400}.xlsx"
    other = site.url.replace("127.0.0.1", "localhost") + WORKBOOK
    links = ["http://[bad/def-exp-2026-en.xlsx", "http://host:port/def-exp-2025.xlsx", long, other, WORKBOOK]
    site.answers["/topic"] = body("".join(f'<a href="{link}">x</a>' for link in links).encode())
    site.answers[long] = body(workbooks[2026].read_bytes(), Content_Encoding="gzip")
    site.answers[WORKBOOK] = body(workbooks[2026].read_bytes(), Content_Encoding="utf-8")
    found = {finding.url: finding for finding in fetch(online, project)}
    assert [found[link].outcome for link in links[:2]] == ["failed", "failed"]
    assert found[site.url + long].outcome == "failed" and "packed as gzip, and is not" in found[site.url + long].words
    assert found[other].outcome == "not asked" and "BURDENSHARE_FETCH_HOSTS" in found[other].words
    assert found[site.url + WORKBOOK].outcome == "new revision"


def test_a_long_name_is_shortened_and_a_hidden_one_shown(online, project, site, workbooks):
    link = f"/finance/..def-exp-2026-{'x' * 400}.xlsx"
    site.answers["/topic"] = body(f'<a href="{link}">x</a>'.encode())
    site.answers[link] = body(workbooks[2026].read_bytes()[:-100])
    assert {finding.outcome for finding in fetch(online, project)} == {"read", "refused"}
    (name,) = refused_files(online)
    assert name.startswith("def-exp-2026-xxx") and name.endswith(".xlsx") and len(name) == 150


def test_another_host_is_asked_where_the_settings_allow_it(online, project, site, workbooks):
    other = site.url.replace("127.0.0.1", "localhost") + WORKBOOK
    site.answers["/topic"] = body(f'<a href="{other}">x</a>'.encode())
    site.answers[WORKBOOK] = body(workbooks[2026].read_bytes())
    assert fetch(online.replace(fetch_hosts=("localhost",)), project)[-1].outcome == "new revision"


def test_what_is_packed_is_bounded_by_what_it_unpacks_to(online, site):
    once = gzip.compress(b"\0" * 200_000_000)
    site.answers["/bomb"] = body(once, Content_Encoding="gzip")
    with pytest.raises(WebError, match="larger than 25,000,000 bytes"):
        get(site.url + "/bomb", online)
    site.answers["/twice"] = body(gzip.compress(once), Content_Encoding="gzip, gzip")
    answer = get(site.url + "/twice", online).body
    assert answer == gzip.compress(once) or len(answer) < 1_000_000
    site.answers["/cut"] = body(gzip.compress(os.urandom(10_000))[:-20], Content_Encoding="gzip")
    with pytest.raises(WebError, match="breaks off"):
        get(site.url + "/cut", online)


def slow_headers(request: BaseHTTPRequestHandler) -> None:
    for number in range(100):
        try:
            request.wfile.write(f"X-{number}: x\r\n".encode() if number else b"HTTP/1.1 200 OK\r\n")
            request.wfile.flush()
        except OSError:
            return
        time.sleep(0.05)


def test_one_look_ends_however_slow_a_site_is(online, project, site):
    links = "".join(f'<a href="/finance/def-exp-2026-{number}.xlsx">x</a>' for number in range(50))
    site.answers["/topic"] = body(links.encode())
    for number in range(50):
        site.answers[f"/finance/def-exp-2026-{number}.xlsx"] = slow_headers
    started = time.monotonic()
    findings = fetch(online.replace(fetch_seconds=2, fetch_timeout_s=1.0, fetch_attempts=1), project)
    assert time.monotonic() - started < 8
    assert "too slow" in findings[1].words and "addresses were not asked" in findings[-1].words


def test_too_many_links_are_not_followed(online, project, site):
    links = "".join(f'<a href="/finance/def-exp-2026-{number}.xlsx">x</a>' for number in range(500))
    site.answers["/topic"] = body(links.encode())
    findings = fetch(online, project)
    assert sum(site.asked.values()) == 60 and findings[-1].words.startswith("441 addresses were not asked")


def test_the_lock_is_free_while_the_site_is_slow(online, project, site):
    """Whoever writes does not wait for a server."""
    site.answers["/topic"] = dripping(b"x" * 1000)
    looking = threading.Thread(target=fetch, args=(online.replace(fetch_attempts=1), project))
    looking.start()
    time.sleep(0.3)
    with writing(online.replace(wait_s=0), "a test"):
        assert looking.is_alive(), "the look was to be going on"
    looking.join()


def test_a_redirect_within_the_domain_is_followed(online, project, site, workbooks):
    site.answers[WORKBOOK] = status(301, Location="/new/def-exp-2026-en.xlsx")
    site.answers["/new/def-exp-2026-en.xlsx"] = body(workbooks[2026].read_bytes())
    assert outcomes(fetch(online, project))["def-exp-2026-en.xlsx"] == "new revision"


def test_a_file_that_is_too_large_is_not_taken(online, site, monkeypatch):
    monkeypatch.setattr("pipelines.intake.web.MAX_BYTES", 1000)
    site.answers["/large"] = body(b"x" * 5000)
    with pytest.raises(WebError, match="larger than 1,000 bytes"):
        get(site.url + "/large", online)


def test_loopback_and_plain_http_are_for_tests_only(empty, site):
    with pytest.raises(WebError, match="is not https"):
        get(site.url + "/topic", empty)
    with pytest.raises(WebError, match="is this machine"):
        get("https://127.0.0.1:1/topic", empty)


def test_a_refused_workbook_lies_in_the_inbox_with_its_report(online, project, site, figures, tmp_path):
    from tests.workbooks import modern_workbook, save

    damaged = figures[2026].copy()
    damaged.loc[(damaged["table_id"] == "2") & (damaged["entity_code"] == "POL"), "value"] *= 1000
    path = save(modern_workbook(damaged), tmp_path / "def-exp-2026-en.xlsx")
    site.answers[WORKBOOK] = body(path.read_bytes(), ETag='"bad"')
    assert outcomes(fetch(online, project))["def-exp-2026-en.xlsx"] == "refused"
    assert "Table 2!" in refused_files(online)["def-exp-2026-en.xlsx"]


def test_another_publisher_s_page_is_looked_at_where_the_settings_name_it(online, project, site, tmp_path):
    from tests.sources.test_sipri import small

    name = "SIPRI-Milex-data-1949-2025%20(1).xlsx"
    site.answers["/milex"] = body(f'<a href="/{name}">Data</a> <a href="/about.xlsx">About</a>'.encode())
    site.answers[f"/{name}"] = body(small(tmp_path / "milex.xlsx").read_bytes())
    found = outcomes(fetch(online.replace(publisher_pages=(("sipri", f"{site.url}/milex"),)), project))
    assert found[name] == "new edition"
    assert "about.xlsx" not in found


def test_a_night_whose_look_brings_nothing_is_one_short_run_and_no_address_is_asked_twice(
    settings, report, site, tmp_path, monkeypatch
):
    import shutil

    from pipelines.files.whole import write_json
    from pipelines.intake import overdue
    from pipelines.intake.memory import memory_path
    from pipelines.orchestration.build import build
    from pipelines.orchestration.instance import open_instance

    # Whatever day it is.
    monkeypatch.setattr(overdue, "DAYS", 40_000)
    mine = settings.replace(
        warehouse=shutil.copytree(settings.warehouse, tmp_path / "warehouse", symlinks=True),
        topic_page=f"{site.url}/topic",
        allow_loopback=True,
    )
    site.answers["/topic"] = body(f'<a href="{WORKBOOK}">Defence expenditure</a>'.encode())
    site.answers[WORKBOOK] = body(b"PK one", ETag='"one"')
    write_json(memory_path(mine), {"marks": {site.url + WORKBOOK: {"etag": '"one"', "last_modified": None}}})

    def steps(built) -> set[str]:
        assert built.succeeded and not built.published
        with open_instance(mine) as instance:
            return {entry.step_key for entry in instance.all_logs(built.run_id) if entry.step_key}

    assert steps(build(mine, fetch=True)) == {"release"}
    memory = read_memory(mine)
    assert memory.looked_at and memory.reached_at and "unchanged" in {found["outcome"] for found in memory.findings}
    assert site.asked[WORKBOOK] == 1

    # A file that is new is for the whole job, which takes in what was looked at already.
    site.answers[WORKBOOK] = body(b"PK two", ETag='"two"')
    assert {"archive", "release"} <= steps(build(mine, fetch=True))
    assert "def-exp-2026-en.xlsx" in refused_files(mine) and site.asked[WORKBOOK] == 2
