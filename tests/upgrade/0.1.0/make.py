"""Make the fixture of version 0.1.0; run it with the code of that version.

    git worktree add ../old 29832af
    PYTHONPATH=../old/src SAFELANE_DATA_DIR=made python make.py

It builds the demo in a smaller size, then lets people do what the demo leaves out: a
report on an earlier day, withdrawn reports, an opened identity, a second factor.
"""

from datetime import date

from safelane.cli.bootstrap import ensure_workspace
from safelane.cli.console import steps
from safelane.demo.world import sizes

sizes.SIZES["small"] = sizes.WorldSize(
    villages_per_district=2,
    laos=sizes.PilotSize(5, 0, 4, 4, 1, 40, 3),
    azerbaijan=sizes.PilotSize(3, 1, 2, 3, 0, 20, 2),
)
with steps() as progress:
    ensure_workspace(progress)

from allauth.mfa.adapter import get_adapter  # noqa: E402
from allauth.mfa.models import Authenticator  # noqa: E402

from safelane.accidents import actions as accidents  # noqa: E402
from safelane.accidents.actions import reveal_victim  # noqa: E402
from safelane.accidents.models import AccidentReport, Victim  # noqa: E402
from safelane.core.review import stages  # noqa: E402
from safelane.demo.build import build_demo  # noqa: E402
from safelane.hazards import actions  # noqa: E402
from safelane.hazards.inputs import ReportInput  # noqa: E402
from safelane.hazards.models import HazardousArea  # noqa: E402
from safelane.organisations.models import User  # noqa: E402
from safelane.organisations.queries import actor_for_user  # noqa: E402

build_demo(size="small")
people = {user.username: actor_for_user(user) for user in User.objects.all()}
manager, leader = people["somchai"], people["bounmy"]
PATH = (
    (stages.SUBMIT, "bounmy"),
    (stages.CHECK_OPERATOR, "la-lotus-operator"),
    (stages.CHECK_OPERATIONS, "keo"),
    (stages.APPROVE, "somchai"),
)


def on(hazard, day, **facts):
    said = ReportInput(date_of_information=day, hazard=hazard, facts=facts)
    return actions.create_report(said, organisation=hazard.organisation, by=leader)


def approved(report):
    for step, who in PATH:
        report = actions.move_report(report, step, by=people[who])
    return report


mine = HazardousArea.objects.filter(organisation__short_name="Lotus").order_by("pk")
first, second = mine[0], mine[1]
late = approved(on(first, date(2012, 3, 4), comment="Told late: ລາຍງານ, Füzuli"))
wrong = approved(on(second, date(2026, 1, 5), priority="high"))
actions.withdraw_report(wrong, "The wrong area", by=manager)
actions.withdraw_report(
    on(second, date(2026, 1, 6), priority="low"), "Twice", by=leader
)
victim = Victim.objects.filter(country=first.country).first()
reveal_victim(victim, "To arrange a prosthesis", by=manager)
report = AccidentReport.objects.filter(stage="approved").last()
head = people["aysel" if report.country.pack == "azerbaijan" else "somchai"]
accidents.withdraw_report(report, "It was counted twice", by=head)
Authenticator.objects.create(
    user=User.objects.get(username="somchai"),
    type="totp",
    data={"secret": get_adapter().encrypt("JBSWY3DPEHPK3PXP")},
)
print(late, wrong, victim)
