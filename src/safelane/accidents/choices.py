"""Codes that the rules and counts speak of; labels live in the country packs."""

from __future__ import annotations

KILLED = "killed"
INJURED = "injured"
HARMED = (KILLED, INJURED)
UNKNOWN = "unknown"
REFUSED = "refused"
RESPONDENT_PERSON = "person"

# What is said of a victim besides a number and an identity, in the order of the forms.
VICTIM_FACTS = (
    "sex",
    "age",
    "outcome",
    "status",
    "occupation",
    "activity",
    "knew_danger",
    "eore_received",
    "tampered",
    "consent",
    "purpose",
)

# Fact or field -> name of its list in the country pack.
FACT_LISTS = {
    "kind": "accident_kind",
    "cause": "accident_cause",
    "activity": "activity",
    "moved_before": "yes_no_unknown",
    "area_marked": "yes_no_unknown",
    "ordnance_category": "ordnance_category",
    "terrain": "terrain",
    "vegetation": "vegetation",
    "slope": "slope",
    "soil": "soil",
    "weather": "weather",
    "demining_asset": "demining_asset",
    "information_source": "information_source",
    "information_grade": "information_grade",
    "position_accuracy": "position_accuracy",
}
VICTIM_LISTS = {
    "sex": "sex",
    "outcome": "victim_outcome",
    "status": "victim_status",
    "occupation": "occupation",
    "activity": "activity",
    "knew_danger": "yes_no_unknown",
    "eore_received": "yes_no_unknown",
    "tampered": "yes_no_unknown",
    "consent": "consent",
    "wgss_respondent": "wgss_respondent",
}
