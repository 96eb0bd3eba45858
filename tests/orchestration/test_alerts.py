"""People hear of an incident once, and once when it is over, whatever happens to the channels in between."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pydantic import SecretStr

from pipelines.alerts.channels import webhook_body
from pipelines.alerts.incident import Incident
from pipelines.alerts.tell import NotTold, send_test, tell, undelivered
from pipelines.settings import Alerts

BAD_BOOK = Incident(
    subject="everything",
    key="everything/archive/",
    title="the run of everything failed at archive",
    cause="book.xlsx: sheet TABLE2, cell N27: 'n/a' is no amount < 0 & no number",
    asset="archive",
    offenders="| cell |\n|---|\n| N27 |",
    advice="ask who dropped it.",
    link="http://127.0.0.1:3000/runs/1",
)


def test_told_once_by_every_channel_and_once_when_it_is_over(told, hook, mailbox):
    assert tell("failed_run", [BAD_BOOK], told) == [BAD_BOOK.title]
    for _ in range(3):
        assert tell("failed_run", [BAD_BOOK], told) == []
    assert [post["state"] for post in hook.posts] == ["incident"] and len(mailbox.messages) == 1
    assert tell("failed_run", [], told) == [f"well again: {BAD_BOOK.title}"]
    assert tell("failed_run", [], told) == []
    assert [post["state"] for post in hook.posts] == ["incident", "well again"]
    assert [message["Subject"] for message in mailbox.messages] == [
        f"Burdenshare: {BAD_BOOK.title}",
        f"Burdenshare: well again: {BAD_BOOK.title}",
    ]


def test_a_message_holds_all_that_one_needs_to_act(told, hook, mailbox):
    tell("failed_run", [BAD_BOOK], told)
    (post,) = hook.posts
    wanted = {key: getattr(BAD_BOOK, key) for key in ("asset", "cause", "offenders", "advice", "link")}
    assert {key: post[key] for key in wanted} == wanted
    (message,) = mailbox.messages
    assert message["To"] == "desk@example.org"
    text = message.get_payload(decode=True).decode().replace("\r\n", "\n")
    assert all(part in text for part in wanted.values())


def test_a_cause_that_takes_the_place_of_another_is_told_and_nothing_is_called_well(told, hook):
    tell("failed_run", [BAD_BOOK], told)
    other = replace(BAD_BOOK, key="everything/fct_growth/", title="the run of everything failed at fct_growth")
    assert tell("failed_run", [other], told) == [other.title]
    assert [post["state"] for post in hook.posts] == ["incident", "incident"]
    tell("failed_run", [], told)
    assert [post["title"] for post in hook.posts][2:] == [other.title]


def test_a_channel_that_fails_is_tried_again_and_the_other_is_left_in_peace(told, hook, mailbox):
    hook.answer = 503
    for _ in range(2):
        with pytest.raises(NotTold, match=r"webhook could not be reached \(HTTPStatusError, status 503\)") as caught:
            tell("failed_run", [BAD_BOOK], told)
        assert "secret-part" not in str(caught.value)
    assert hook.posts == [] and len(mailbox.messages) == 1
    hook.answer = 200
    tell("failed_run", [BAD_BOOK], told)
    assert len(hook.posts) == 1 and len(mailbox.messages) == 1
    hook.answer = 503
    with pytest.raises(NotTold):
        tell("failed_run", [], told)
    hook.answer = 200
    assert tell("failed_run", [], told) == [f"well again: {BAD_BOOK.title}"]
    assert [post["state"] for post in hook.posts] == ["incident", "well again"] and len(mailbox.messages) == 2


def test_a_password_is_not_sent_in_the_clear(told, mailbox):
    smtp = mailbox.url.replace("smtp://", "smtp://me:hidden-word@")
    with pytest.raises(NotTold, match="e-mail could not be reached") as caught:
        tell("failed_run", [BAD_BOOK], told.replace(alerts=told.alerts.replace(smtp=smtp)))
    assert mailbox.messages == [] and "hidden-word" not in str(caught.value)


def test_slack_takes_its_own_shape():
    body = webhook_body("slack", BAD_BOOK, is_over=False)
    (block,) = body["blocks"]
    assert body["text"] == f"Burdenshare: {BAD_BOOK.title}"
    assert block["text"]["type"] == "mrkdwn" and "amount &lt; 0 &amp; no number" in block["text"]["text"]
    long = webhook_body("slack", replace(BAD_BOOK, cause="x" * 9000, offenders="y" * 9000), is_over=False)
    assert len(long["blocks"][0]["text"]["text"]) <= 3000


def test_teams_takes_a_card_with_a_button_that_opens_the_run():
    (attachment,) = webhook_body("teams", BAD_BOOK, is_over=False)["attachments"]
    card = attachment["content"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive" and card["type"] == "AdaptiveCard"
    assert BAD_BOOK.cause in [block["text"] for block in card["body"]]
    assert card["actions"][0]["url"] == BAD_BOOK.link


def test_the_shape_follows_the_address():
    known = {
        "https://hooks.slack.com/services/T/B/x": "slack",
        "https://some.webhook.office.com/webhookb2/x": "teams",
        "https://example.org/hook": "json",
    }
    for address, form in known.items():
        alerts = Alerts.from_environment({"BURDENSHARE_ALERT_WEBHOOK": address})
        assert alerts.webhook_format == form and address not in repr(alerts)


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"BURDENSHARE_ALERT_WEBHOOK": "example.org/hook"}, "BURDENSHARE_ALERT_WEBHOOK is no address"),
        ({"BURDENSHARE_ALERT_WEBHOOK": "https://"}, "BURDENSHARE_ALERT_WEBHOOK is no address"),
        ({"BURDENSHARE_HEARTBEAT_URL": "https://example.org:abc/x"}, "BURDENSHARE_HEARTBEAT_URL is no address"),
        ({"BURDENSHARE_SMTP": "smtp://localhost:abc", "BURDENSHARE_ALERT_EMAIL": "a@example.org"}, "BURDENSHARE_SMTP"),
        ({"BURDENSHARE_SMTP": "smtp://localhost", "BURDENSHARE_ALERT_EMAIL": "a@"}, "BURDENSHARE_ALERT_EMAIL holds"),
        ({"BURDENSHARE_ALERT_WEBHOOK": "http://["}, "BURDENSHARE_ALERT_WEBHOOK is no address"),
        ({"BURDENSHARE_ALERT_FORMAT": "xml"}, "BURDENSHARE_ALERT_FORMAT is 'xml'"),
        ({"BURDENSHARE_SMTP": "smtp://localhost:25"}, "BURDENSHARE_ALERT_EMAIL"),
        ({"BURDENSHARE_ALERT_EMAIL": "a@example.org"}, "BURDENSHARE_SMTP"),
        ({"BURDENSHARE_SMTP": "http://localhost", "BURDENSHARE_ALERT_EMAIL": "a@example.org"}, "smtp:// or smtps://"),
    ],
)
def test_a_setting_that_cannot_work_is_refused_by_name(environment, named):
    with pytest.raises(ValueError, match=named):
        Alerts.from_environment(environment)


def test_an_address_that_cannot_be_called_is_told_and_floods_nobody(told, mailbox):
    """Whatever a channel raises, what the others sent is remembered."""
    broken = told.replace(alerts=told.alerts.model_copy(update={"webhook": SecretStr("https://example.org:abc/hook")}))
    for _ in range(3):
        with pytest.raises(NotTold, match=r"webhook could not be reached \(InvalidURL\)"):
            tell("failed_run", [BAD_BOOK], broken)
    assert len(mailbox.messages) == 1
    assert undelivered(broken) == ["an alert waits to be sent: webhook could not be reached (InvalidURL)"]


def test_what_could_not_be_sent_is_forgotten_once_it_is_sent(told, hook):
    hook.answer = 503
    with pytest.raises(NotTold):
        tell("failed_run", [BAD_BOOK], told)
    assert len(undelivered(told)) == 1 and "secret-part" not in undelivered(told)[0]
    hook.answer = 200
    tell("failed_run", [BAD_BOOK], told)
    assert undelivered(told) == []


def test_a_message_that_all_is_well_says_what_is_well(told, hook, mailbox):
    incident = replace(BAD_BOOK, over="the run of everything succeeds")
    tell("failed_run", [incident], told)
    tell("failed_run", [], told)
    assert hook.posts[-1]["message"] == "Burdenshare: well again: the run of everything succeeds"
    assert "cause" not in hook.posts[-1] and mailbox.messages[-1]["Subject"] == hook.posts[-1]["message"]


def test_a_test_goes_through_every_channel(told, hook, mailbox):
    assert send_test(told) == {"webhook": None, "e-mail": None}
    assert hook.posts[0]["message"] == "Burdenshare: this is a test" and len(mailbox.messages) == 1
    hook.answer = 404
    assert "status 404" in send_test(told)["webhook"]


def test_a_channel_that_fails_is_tried_once_a_look(told, hook, mailbox):
    """Each try may hang for as long as a whole look is given."""
    hook.answer = 503
    several = [replace(BAD_BOOK, key=f"{n}", subject=f"{n}") for n in range(4)]
    with pytest.raises(NotTold) as caught:
        tell("failed_run", several, told)
    assert str(caught.value).count("webhook") == 1 and len(mailbox.messages) == 4


def test_a_damaged_memory_is_moved_aside(told, hook):
    folder = told.warehouse / "alerts"
    folder.mkdir(parents=True)
    (folder / "failed_run.json").write_text("{", encoding="utf-8")
    assert tell("failed_run", [BAD_BOOK], told) == [BAD_BOOK.title]
    assert (folder / "failed_run.damaged").exists() and len(hook.posts) == 1


def test_what_version_0_1_0_told_is_not_told_again(told, hook):
    """That version wrote the incident under another name."""
    tell("failed_run", [BAD_BOOK], told)
    memory = told.warehouse / "alerts" / "failed_run.json"
    memory.write_text(memory.read_text(encoding="utf-8").replace('"incident"', '"trouble"'), encoding="utf-8")
    assert '"trouble"' in memory.read_text(encoding="utf-8")
    assert tell("failed_run", [BAD_BOOK], told) == [] and len(hook.posts) == 1
    assert tell("failed_run", [], told) == [f"well again: {BAD_BOOK.title}"]
