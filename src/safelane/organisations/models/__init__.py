"""Countries, admin areas, organisations, people, users, roles and agreements."""

from safelane.organisations.models.access import Agreement as Agreement
from safelane.organisations.models.access import Membership as Membership
from safelane.organisations.models.access import (
    MembershipProposal as MembershipProposal,
)
from safelane.organisations.models.access import Role as Role
from safelane.organisations.models.people import Organisation as Organisation
from safelane.organisations.models.people import Person as Person
from safelane.organisations.models.people import SavedView as SavedView
from safelane.organisations.models.people import User as User
from safelane.organisations.models.places import AdminArea as AdminArea
from safelane.organisations.models.places import Country as Country
from safelane.organisations.models.places import LocalCode as LocalCode
from safelane.organisations.models.places import NearPlace as NearPlace
from safelane.organisations.models.places import Place as Place
