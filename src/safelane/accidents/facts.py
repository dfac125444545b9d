"""The facts of accidents and of their victims.

Each is declared once (see ``docs/kit/facts.md``). What is not shown to coarse readers
by name is hidden.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from safelane.core.facts import Fact, lists
from safelane.organisations.facts import COUNTRY, ORGANISATION

# Codes of which the rules and counts speak.
KILLED, INJURED, UNKNOWN, REFUSED = "killed", "injured", "unknown", "refused"
HARMED = (KILLED, INJURED)
# What a report can state of an accident.
STATED = (
    Fact(
        "kind", "show", codes="accident_kind", group="main", filter="kind", tile=True,
        synonyms="accident_type, accidenttype, device_type",
    ),
    Fact(
        "occurred_on", "round", rounded="occurred_year", group="main", published=True,
        synonyms="accident_date, date_of_accident, dateofaccident",
    ),
    Fact("occurred_time", group="main", leader="occurred_on", files="none"),
    Fact(
        "stated_killed", group="main", least=0,
        synonyms="killed, number_killed, dead",
    ),
    Fact(
        "stated_injured", group="main", least=0,
        synonyms="injured, number_injured, wounded",
    ),
    Fact(
        "ordnance_category", "show", codes="ordnance_category", group="main",
        published=True, synonyms="device_category, ordnance, device",
    ),
    Fact(
        "cause", "show", codes="accident_cause", group="main", filter="cause",
        published=True, synonyms="accident_cause, accidentcause, how",
    ),
    Fact(
        "activity", "show", codes="activity", group="main", published=True,
        synonyms="activity_at_accident, victim_activity",
    ),
    Fact(
        "description", group="main", long=True, synonyms="narrative, comment, remarks",
        help=_("Without names: who the victims are belongs into their own fields."),
    ),
    Fact("information_source", codes="information_source", group="main"),
    Fact("information_grade", "show", codes="information_grade", group="main"),
    Fact("moved_before", codes="yes_no_unknown", group="further"),
    Fact("area_marked", codes="yes_no_unknown", group="further"),
    Fact("ordnance_model", group="further", synonyms="device_model, ordnance_type"),
    Fact("depth_cm", group="further", least=0, most=100_000),
    Fact("animals_killed", group="further", least=0, synonyms="animals"),
    Fact("damage", group="further", long=True),
    *(
        Fact(name, codes=name, group="further")
        for name in (
            "terrain", "vegetation", "slope", "soil", "weather", "demining_asset"
        )
    ),
    Fact("corrective_action", group="further", long=True),
    Fact("geometry", "round", files="none"),
    Fact(
        "accuracy_m", leader="geometry", least=0, most=100_000,
        synonyms="gps_accuracy, accuracy",
    ),
    Fact(
        "position_accuracy", codes="position_accuracy", leader="geometry", files="none"
    ),
    Fact("position_text", leader="geometry", files="none"),
    Fact("position_crs", leader="geometry", files="none"),
)  # fmt: skip
ACCIDENT_NAME = Fact(
    "reference", "show", published=True, required=True,
    synonyms="accident_id, accident_localid, local_id, id, imsma_id",
)  # fmt: skip
ACCIDENT = (ACCIDENT_NAME, *STATED, ORGANISATION, COUNTRY)
ACCIDENT_REPORT = (
    ACCIDENT_NAME,
    Fact("stage", "show"),
    Fact(
        "date_of_information", "show", required=True,
        synonyms="report_date, dateofreport, date_of_report",
    ),
    *ACCIDENT[1:],
)  # fmt: skip

# What is said of a victim besides who it is. Files bring it in, never out.
VICTIM = (
    Fact("sex", "show", codes="sex", synonyms="gender, sex, victim_gender"),
    Fact("age", least=0, synonyms="age, age_at_accident"),
    Fact(
        "outcome", "show", codes="victim_outcome",
        synonyms="injury_outcome, killed_or_injured, casualty_type",
    ),
    Fact(
        "status", "show", codes="victim_status",
        synonyms="victim_type, civilian_status, victimstatus",
    ),
    Fact("occupation", codes="occupation", synonyms="occupation, job, profession"),
    Fact("activity", codes="activity"),
    Fact(
        "knew_danger", codes="yes_no_unknown",
        synonyms="aware_of_danger, knew_of_danger",
    ),
    Fact(
        "eore_received", codes="yes_no_unknown",
        synonyms="mre_received, risk_education, eore",
    ),
    Fact("tampered", codes="yes_no_unknown", synonyms="handled_item, handled"),
    Fact("consent", codes="consent", synonyms="consent_given, consent"),
    Fact("purpose"),
)  # fmt: skip
VICTIM_NUMBER = Fact(
    "number", "show", least=1, synonyms="victim_no, victim_nr, victimnumber"
)
ON_HEALTH = (
    Fact("wgss_respondent", codes="wgss_respondent", files="none"),
    Fact("injuries", codes="injury", several=True, files="none"),
)
# Who a victim is. Sealed: nothing but an import and a form takes it in.
IDENTITY = (
    Fact("name", synonyms="victim_full_name, full_name, fullname, first_name"),
    Fact("document", synonyms="id_card, identity_card, passport"),
    Fact("birth_date", synonyms="date_of_birth, dob, birthdate"),
    Fact("address", synonyms="home_address, address"),
    Fact("telephone", synonyms="phone, mobile, telephone"),
    Fact("contact", synonyms="guardian, next_of_kin"),
    Fact("notes", long=True, synonyms="assistance_notes, help_needed"),
)

VICTIM_FACTS = tuple(fact.name for fact in VICTIM)
VICTIM_FORM = (*VICTIM_FACTS, *(fact.name for fact in ON_HEALTH))
VICTIM_LISTS = lists((*VICTIM, *ON_HEALTH))
IDENTITY_FIELDS = tuple(fact.name for fact in IDENTITY)
