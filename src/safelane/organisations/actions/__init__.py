"""The only place that writes countries, places, organisations, people and access."""

from safelane.organisations.actions.access import decide_proposal as decide_proposal
from safelane.organisations.actions.access import end_membership as end_membership
from safelane.organisations.actions.access import give_role as give_role
from safelane.organisations.actions.access import grant_membership as grant_membership
from safelane.organisations.actions.access import make_agreement as make_agreement
from safelane.organisations.actions.access import revoke_agreement as revoke_agreement
from safelane.organisations.actions.access import sync_roles as sync_roles
from safelane.organisations.actions.people import (
    create_organisation as create_organisation,
)
from safelane.organisations.actions.people import create_person as create_person
from safelane.organisations.actions.people import create_user as create_user
from safelane.organisations.actions.people import disable_user as disable_user
from safelane.organisations.actions.people import (
    settle_organisation as settle_organisation,
)
from safelane.organisations.actions.people import (
    update_organisation as update_organisation,
)
from safelane.organisations.actions.people import update_person as update_person
from safelane.organisations.actions.places import add_local_code as add_local_code
from safelane.organisations.actions.places import create_country as create_country
from safelane.organisations.actions.places import (
    import_admin_areas as import_admin_areas,
)
from safelane.organisations.actions.places import import_places as import_places
from safelane.organisations.actions.places import retire_local_code as retire_local_code
