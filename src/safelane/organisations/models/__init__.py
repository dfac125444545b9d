"""Countries, admin areas, organisations, people, users, roles and agreements."""

from safelane.organisations.models.access import (
    Agreement,
    Membership,
    MembershipProposal,
    Role,
)
from safelane.organisations.models.people import Organisation, Person, SavedView, User
from safelane.organisations.models.places import (
    AdminArea,
    Country,
    LocalCode,
    Place,
)

__all__ = [
    "AdminArea",
    "Agreement",
    "Country",
    "LocalCode",
    "Membership",
    "MembershipProposal",
    "Organisation",
    "Person",
    "Place",
    "Role",
    "SavedView",
    "User",
]
