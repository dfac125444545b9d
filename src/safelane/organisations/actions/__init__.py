"""The only place that writes countries, places, organisations, people and access."""

from safelane.organisations.actions.access import (
    decide_proposal,
    end_membership,
    give_role,
    grant_membership,
    make_agreement,
    revoke_agreement,
    sync_roles,
)
from safelane.organisations.actions.people import (
    create_organisation,
    create_person,
    create_user,
    disable_user,
    update_organisation,
    update_person,
)
from safelane.organisations.actions.places import (
    add_local_code,
    create_country,
    import_admin_areas,
    import_places,
    retire_local_code,
)

__all__ = [
    "add_local_code",
    "create_country",
    "create_organisation",
    "create_person",
    "create_user",
    "decide_proposal",
    "disable_user",
    "end_membership",
    "give_role",
    "grant_membership",
    "import_admin_areas",
    "import_places",
    "make_agreement",
    "retire_local_code",
    "revoke_agreement",
    "sync_roles",
    "update_organisation",
    "update_person",
]
