"""`safelane audit verify` names each way of altering the register behind its back."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db.models import F
from django.utils import timezone
from typer.testing import CliRunner

from safelane.accidents.models import Accident, AccidentReport
from safelane.accidents.tests import steps as accident_steps
from safelane.cli.main import app
from safelane.core.audit.anchors import OWN_FILE, anchor_heads
from safelane.core.files.models import StoredFile
from safelane.core.files.store import path_of, store_file
from safelane.core.history.actions import Entry, record
from safelane.core.history.chain import link_hash
from safelane.core.history.models import ChainHead, Change
from safelane.core.review import stages
from safelane.core.scope import system_actor
from safelane.hazards import testing as actions
from safelane.hazards.inputs import ReportInput
from safelane.hazards.models import (
    Evidence,
    HazardousArea,
    HazardPeriod,
    HazardReport,
    SurveyBox,
)
from safelane.hazards.testing import register_area
from safelane.organisations.actions import create_person, make_agreement
from safelane.organisations.actions.access import ROLE_FACTS
from safelane.organisations.inputs import Opening, Term
from safelane.organisations.models import Agreement, Membership, Person, Role, User

pytestmark = pytest.mark.django_db
PATH = (
    (stages.SUBMIT, "bounmy"),
    (stages.CHECK_OPERATOR, "keo"),
    (stages.CHECK_OPERATIONS, "vanh"),
    (stages.APPROVE, "noy"),
)


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path, monkeypatch):
    settings.DATA_DIR = tmp_path
    settings.MEDIA_ROOT = tmp_path / "files"
    monkeypatch.setattr("safelane.cli.audit.set_up", lambda: None)


@pytest.fixture
def register(cast, tmp_path):
    """Return the cast in a register with every kind of record that is replayed."""
    write_down_roles()
    area = register_area(cast, "laos", "LA-1")
    register_area(cast, "azerbaijan", "AZ-1")
    for day, facts in ((2, {"name": "Later"}), (1, {"comment": "Earlier"})):
        said = ReportInput(
            date_of_information=date(2025, 1, day), hazard=area, facts=facts
        )
        approve(cast, said)
    wrong = approve(cast, about(area, date(2025, 2, 1), name="Wrong"))
    actions.withdraw_report(wrong, "The wrong area", by=cast.actor("noy"))
    people = cast.organisations
    create_person(people["lao"], {"given_name": "Sai"}, by=cast.actor("noy"))
    make_agreement(
        Opening(people["laa"], people["don"], ("hazard",), "cell", "Planning"),
        Term(date(2025, 1, 1), date(2029, 1, 1)),
        by=cast.actor("noy"),
    )
    accident_steps.approved(cast, "lao", accident_steps.claims("LA-X1", 103.1, 19.35))
    with (tmp_path / "note.csv").open("wb+") as file:
        file.write(b"a,b\n1,2\n")
        file.seek(0)
        store_file(
            file, "note.csv", kind="import", verb="hazard.import", by=cast.actor("noy")
        )
    return cast


def write_down_roles():
    """Write the cast's own roles, which no action makes, into the history."""
    known = Change.objects.filter(object_type="role").values("object_id")
    for role in Role.objects.exclude(code__in=known):
        facts = {name: getattr(role, name) for name in ROLE_FACTS}
        entry = Entry(
            None, "admin.sync_role", "role", role.code, role.name, None, facts
        )
        record(entry, by=system_actor())


def about(area, day, **facts):
    return ReportInput(date_of_information=day, hazard=area, facts=facts)


def approve(cast, said):
    home = cast.organisations["lao"]
    report = actions.create_report(said, organisation=home, by=cast.actor("bounmy"))
    for step, who in PATH:
        report = actions.move_report(report, step, by=cast.actor(who))
    return report


def verify(*arguments):
    """Return exit code and answer of the command."""
    done = CliRunner().invoke(app, ["audit", "verify", "--json", *arguments])
    assert done.exception is None or isinstance(done.exception, SystemExit), done
    return done.exit_code, json.loads(done.stdout)


def named(*arguments):
    """Return the messages of a verification that must find something."""
    code, answer = verify(*arguments)
    assert code == 1
    assert not answer["holds"]
    return [f"{item['kind']}: {item['message']}" for item in answer["breaks"]]


def test_a_register_that_nobody_altered_holds_and_says_what_was_not_checked(register):
    code, answer = verify()
    assert (code, answer["breaks"]) == (0, [])
    said = " ".join(answer["unchecked"])
    assert "No heads kept outside" in said
    (text,) = [text for text in answer["unchecked"] if "having no replay" in text]
    kinds = [kind.rpartition(" (")[0] for kind in text.split(": ")[1].split(", ")]
    assert "victims" in kinds
    assert "hazardous areas" not in kinds
    assert "memberships" not in kinds


def first(model, **facts):
    return model.objects.filter(pk=model.objects.order_by("pk").first().pk), facts


STATE = {
    "area": lambda: first(HazardousArea, status="closed"),
    "area withdrawn": lambda: first(HazardousArea, is_withdrawn=True),
    "period": lambda: first(HazardPeriod, name="Elsewhere"),
    "period dates": lambda: first(HazardPeriod, valid_from=date(2020, 1, 1)),
    "period known": lambda: first(
        HazardPeriod, known_from=timezone.now() - timedelta(days=9)
    ),
    "report fact": lambda: first(HazardReport, name="Elsewhere"),
    "report day": lambda: first(HazardReport, date_of_information=date(2020, 1, 1)),
    "report stage": lambda: first(HazardReport, stage="rejected"),
    "report moment": lambda: first(
        HazardReport, approved_at=timezone.now() + timedelta(days=1)
    ),
    "evidence": lambda: first(Evidence, kind="crater"),
    "box": lambda: first(SurveyBox, result="nothing_found"),
    "accident": lambda: first(Accident, cause="other"),
    "accident report": lambda: first(AccidentReport, stage="draft"),
    "membership": lambda: first(Membership, ends=date(2039, 1, 1)),
    "role": lambda: first(Role, verbs=["hazard.view"]),
    "agreement": lambda: first(Agreement, place_precision="district"),
    "person": lambda: first(Person, given_name="Mallory"),
    "account": lambda: first(User, is_active=False),
}


@pytest.mark.parametrize("what", STATE)
def test_altered_state_is_named(register, what):
    rows, facts = STATE[what]()
    if not rows:
        pytest.fail(f"the register holds no {what}")
    label = str(rows[0])
    rows.update(**facts)
    found = named()
    reference = BESIDE.get(what, label)
    assert any(reference.split(":")[0] in text for text in found), found
    assert all(text.startswith("altered") for text in found), found


# The history has these with their report or their area.
BESIDE = {
    "evidence": "LAO-HA-",
    "box": "LAO-HA-",
    "period": "LA-1",
    "period dates": "LA-1",
    "period known": "LA-1",
    "person": "Mallory",
}


def test_a_shape_that_moved_in_every_table_at_once_is_named(register):
    from shapely.affinity import translate

    area = HazardousArea.objects.get(reference="LA-1")
    rows = [area, *area.periods.all(), *area.reports.all()]
    for row in rows:
        if row.geometry is not None:
            row.geometry = translate(row.geometry, 0.05)
            row.save()
    assert any("report" in text and "geometry" in text for text in named())


def test_rows_put_in_or_taken_out_are_named(register):
    member = Membership.objects.order_by("pk").first()
    member.pk, member.uid = None, "0c3a2d1e-0000-4000-8000-000000000001"
    member.save(force_insert=True)
    assert any(text.startswith("inserted: membership") for text in named())
    Membership.objects.filter(uid=member.uid).delete()
    agreement = Agreement.objects.latest("pk")
    agreement.delete()
    assert any(text.startswith("removed: agreement") for text in named())


def lao(cast):
    return cast.organisations["lao"].pk


def test_a_tail_cut_with_the_head_set_back_is_named_without_heads(register):
    """The state says more than what is left of the history."""
    chain = Change.objects.filter(organisation_id=lao(register)).order_by("-seq")
    last, cut = chain[3], [c.pk for c in chain[:3]]
    Change.objects.filter(pk__in=cut).delete()
    ChainHead.objects.filter(pk=lao(register)).update(seq=last.seq, hash=last.hash)
    assert any("accident report" in text for text in named())


def test_a_tail_cut_is_named_by_heads_even_when_the_state_agrees(register, tmp_path):
    """An opened identity leaves no state: only heads kept elsewhere show the cut."""
    from safelane.accidents.actions import reveal_victim
    from safelane.accidents.models import Victim

    reveal_victim(
        Victim.objects.first(), "To arrange a visit", by=register.actor("noy")
    )
    kept = tmp_path / "kept.jsonl"
    kept.write_text(anchor_heads(timezone.now()) + "\n")
    (tmp_path / OWN_FILE).unlink()
    chain = Change.objects.filter(organisation_id=lao(register)).order_by("-seq")
    last = chain[1]
    chain.first().delete()
    ChainHead.objects.filter(pk=lao(register)).update(seq=last.seq, hash=last.hash)
    assert verify()[0] == 0  # without the heads nobody can tell, and it says so
    (text,) = named("--heads", str(kept))
    assert text.startswith("cut: ")
    assert "LAO" in text


def test_a_chain_that_was_deleted_is_named(register, tmp_path):
    anchor_heads(timezone.now())
    Change.objects.filter(organisation_id=lao(register)).delete()
    ChainHead.objects.filter(pk=lao(register)).delete()
    found = named()
    assert any(text.startswith("deleted: ") and "LAO" in text for text in found)
    (tmp_path / OWN_FILE).unlink()
    assert any("LAO-HA-" in text for text in named())


def test_a_chain_rewritten_with_right_hashes_is_named(register, tmp_path):
    """What a change says is altered, and every later hash computed anew."""
    anchor_heads(timezone.now())
    rewrite(lao(register), "actor_name", "Mallory")
    (text,) = named()
    assert text.startswith("rewritten: ")
    (tmp_path / OWN_FILE).unlink()
    assert verify()[0] == 0


def test_a_rewritten_chain_that_contradicts_the_state_is_named(register):
    rewrite(lao(register), "role", "x")  # nothing of the state
    assert verify()[0] == 0
    rewrite(lao(register), "after", '{"name":"Elsewhere"}')
    assert any("LAO-HA-" in text for text in named())


def rewrite(chain, field, value):
    previous = ""
    links = list(Change.objects.filter(organisation_id=chain).order_by("seq"))
    for change in links:
        if change.verb == "hazard_report.register":
            setattr(change, field, value)
        change.previous_hash = previous
        previous = change.hash = link_hash(change)
        change.save()
    ChainHead.objects.filter(pk=chain).update(hash=previous)


def test_a_file_whose_content_was_altered_is_named(register):
    path = path_of(StoredFile.objects.get().sha256)
    path.write_bytes(b"a,b\n1,3\n")
    assert any("note.csv" in text for text in named())


def test_a_file_whose_content_was_removed_is_named(register):
    stored = StoredFile.objects.get()
    path_of(stored.sha256).unlink()
    code, answer = verify()
    assert code == 1
    (fault,) = answer["breaks"]
    assert fault["kind"] == "file"
    assert fault["message"].startswith("The content of “note.csv” is gone")


def test_an_export_that_has_expired_may_be_gone(register, settings):
    days = timedelta(days=settings.EXPORT_DAYS + 1)
    made = timezone.now() - days
    StoredFile.objects.update(kind="export", created=made)
    path_of(StoredFile.objects.get().sha256).unlink()
    assert verify()[0] == 0


def test_heads_that_somebody_altered_are_refused(register, tmp_path):
    line = anchor_heads(timezone.now())
    kept = tmp_path / "kept.jsonl"
    for wrong, why in (
        (line.replace('"made":"2', '"made":"3'), "signature"),
        (line.replace('"key":"', '"key":"0'), "not made by this installation"),
        ("{}", "no heads"),
    ):
        kept.write_text(wrong + "\n")
        assert any(why in text for text in named("--heads", str(kept))), wrong
    kept.write_text(line + "\n")
    assert verify("--heads", str(kept))[0] == 0


def test_very_many_altered_changes_are_named_in_linear_time(register, monkeypatch):
    monkeypatch.setattr("safelane.core.history.chain.MOST_SUSPECTS", 2)
    monkeypatch.setattr("safelane.core.history.chain.MOST_NAMED", 3)
    Change.objects.filter(organisation_id=lao(register)).update(reason="x")
    found = named()
    assert any("more places" in text for text in found)
    assert len(found) < 12


def test_a_gap_of_a_million_changes_is_one_break(register):
    Change.objects.filter(organisation_id=lao(register), seq=5).update(
        seq=F("seq") + 1_000_000
    )
    assert len(named()) < 12


def test_heads_are_written_where_the_settings_say(register, settings, tmp_path):
    settings.HEADS_FILE = str(tmp_path / "elsewhere.jsonl")
    anchor_heads(timezone.now())
    anchor_heads(timezone.now())
    lines = Path(settings.HEADS_FILE).read_text().splitlines()
    assert len(lines) == 1  # nothing had changed
    assert verify("--heads", settings.HEADS_FILE)[0] == 0
    register_area(register, "laos", "LA-2")
    anchor_heads(timezone.now())
    assert len(Path(settings.HEADS_FILE).read_text().splitlines()) == 2


def test_heads_go_by_mail(register, settings, mailoutbox):
    settings.HEADS_EMAIL = "partner@example.org"
    line = anchor_heads(timezone.now())
    (mail,) = mailoutbox
    assert mail.to == ["partner@example.org"]
    assert mail.attachments[0][1].strip() == line


def test_heads_of_before_a_new_key_stay_verifiable(register, tmp_path, settings):
    kept = tmp_path / "kept.jsonl"
    kept.write_text(anchor_heads(timezone.now()) + "\n")
    done = CliRunner().invoke(app, ["audit", "heads", "--new-key", "--json"])
    later = json.loads(done.stdout)
    assert later["key"] != json.loads(kept.read_text())["key"]
    for path in (tmp_path / "keys").iterdir():
        path.unlink()  # even when the files are lost: by the public halves
    assert verify("--heads", str(kept))[0] == 0


def test_what_a_record_points_to_is_no_expired_export(register, settings):
    days = timedelta(days=settings.EXPORT_DAYS + 1)
    StoredFile.objects.update(kind="export", created=timezone.now() - days)
    Evidence.objects.filter(pk=Evidence.objects.first().pk).update(
        photo=StoredFile.objects.get()
    )
    path_of(StoredFile.objects.get().sha256).unlink()
    assert any("is gone; restore it" in text for text in named())


@pytest.mark.parametrize("column", ["after", "object_id"])
def test_a_change_that_cannot_be_read_is_named_and_stops_nothing(register, column):
    change = Change.objects.filter(verb="person.create").first()
    value = f"{getattr(change, column)}x"
    Change.objects.filter(pk=change.pk).update(**{column: value})
    HazardousArea.objects.update(name="Altered")
    said = named()
    assert any(
        "cannot be read" in text or "stands in no change" in text for text in said
    )
    assert any("LA-1 is not what" in text for text in said)
