"""Reading accounts' ways in: tokens and what they open, invitations, sessions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.db import OperationalError
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from safelane.core.cache import Cache
from safelane.core.domain import house
from safelane.core.scope import Actor
from safelane.core.scope.actor import common_verbs
from safelane.organisations.models import Membership, Role, User
from safelane.organisations.models.access import in_force
from safelane.organisations.queries import actor_for_memberships, actor_for_user
from safelane.organisations.signin.errors import TokenRefused
from safelane.organisations.signin.models import ApiToken, Invitation
from safelane.organisations.signin.secrets import hash_of, is_of_current_secret

READING = frozenset({"view", "export"})
# What every token needs to make sense of the rest.
ALWAYS = frozenset(
    {"organisation.view", "area.view", "codes.view", "job.view", "file.view"}
)
# People decide on these in person, signed in with their second factor, never a program;
# jobs and files open with the data that they are made of.
IN_PERSON = frozenset({
    "organisation", "person", "membership", "agreement", "admin", "history", "secret",
    "job", "file",
})  # fmt: skip
# A class in which something is done in person (revealing) is opened verb by verb.
VERBS_OF = {"victim": frozenset({"view", "export", "report"})}


def classes_of(role: Role) -> list[str]:
    """Return the classes of data that a token of this role can open."""
    named = {verb.partition(".")[0] for verb in role.verbs}
    if "*" in named:
        named = set(house().data_classes)
    return sorted(named - IN_PERSON)


def labelled(names: Iterable[str]) -> list[tuple[str, str]]:
    """Return classes of data with their names for people, by name."""
    known = house().data_classes
    found = ((n, str(known[n].label) if n in known else n) for n in names)
    return sorted(found, key=lambda both: both[1])


def narrowed(actor: Actor, token: ApiToken) -> Actor:
    """Return the actor with what both its grants and the token allow."""
    allowed = verbs_of(token.data_classes, writes=token.writes)
    grants = (
        replace(grant, verbs=common_verbs(grant.verbs, allowed))
        for grant in actor.grants
    )
    return replace(actor, grants=tuple(grant for grant in grants if grant.verbs))


def verbs_of(data_classes: Iterable[str], *, writes: bool) -> frozenset[str]:
    """Return the verbs that a token with these classes may have at most."""
    found = set(ALWAYS)
    for name in set(data_classes) - IN_PERSON:
        own = VERBS_OF.get(name, READING | {"*"})
        found |= {f"{name}.{verb}" for verb in (own if writes else own & READING)}
    return frozenset(found)


SEALED_FACTOR_PARTS = frozenset({"secret", "seed"})
NOTE_USE_EVERY = timedelta(minutes=10)
_tried: Cache[bool] = Cache(10_000, seconds=60.0)


def actor_of_account(user_id: int) -> Actor:
    """Return the actor of an account as it is today; nothing if it was closed."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    return actor_for_user(user) if user else Actor(kind="person", user_id=user_id)


def actor_for_token(secret: str) -> Actor:
    """Return the actor of an API token: its part of one membership still in force.

    Raises:
        TokenRefused: Unknown, revoked or too old, or its account was closed.
    """
    now, today = timezone.now(), timezone.localdate()
    token = (
        ApiToken.objects.filter(token_hash=hash_of(secret), revoked=None)
        .filter(expires__gt=now, membership__user__is_active=True)
        .select_related("membership__user")
        .first()
    )
    if token is None:
        raise TokenRefused(_("This API token is unknown, revoked or too old."))
    if token.last_used is None or token.last_used < now - NOTE_USE_EVERY:
        _tried.get(token.token_hash, lambda: _note_use(token))
    membership = Membership.objects.filter(in_force(today), pk=token.membership_id)
    user = token.membership.user
    whole = actor_for_memberships(user, membership, today, kind="token")
    return narrowed(whole, token)


def _note_use(token: ApiToken) -> bool:
    """Note that a token is in use; while another writes for long, it reads on."""
    now = timezone.now()
    stale = Q(last_used=None) | Q(last_used__lt=now - NOTE_USE_EVERY)
    try:
        return bool(ApiToken.objects.filter(stale, pk=token.pk).update(last_used=now))
    except OperationalError:
        return False


def open_invitation(secret: str) -> Invitation | None:
    """Return the invitation of a link if it still works."""
    found = Invitation.objects.select_related("user").filter(token_hash=hash_of(secret))
    invitation = found.filter(user__is_active=True).first()
    return invitation if invitation and invitation.is_open else None


def tokens_of(user: User) -> QuerySet[ApiToken]:
    """Return an account's API tokens, newest first."""
    rows = ApiToken.objects.filter(membership__user=user)
    return rows.select_related("membership__organisation", "membership__role")


def account_to_link(addresses: list[str]) -> User | None:
    """Return the one open account with a checked address, if no provider has it yet.

    An address that two accounts share, or that a provider gave to a second person,
    opens nothing.
    """
    if not addresses:
        return None
    same = Q()
    for address in addresses:
        same |= Q(email__iexact=address)
    found = list(User.objects.filter(same, is_active=True).exclude(email="")[:2])
    if len(found) != 1:
        return None
    linked = SocialAccount.objects.filter(user=found[0]).exists()
    return None if linked else found[0]


def second_factors_of_old_secrets(*, locked: bool = False) -> Iterator[Authenticator]:
    """Yield second factors with a part that an older secret encrypted."""
    rows = Authenticator.objects.order_by("pk")
    for factor in rows.select_for_update() if locked else rows:
        parts = [factor.data[n] for n in SEALED_FACTOR_PARTS & factor.data.keys()]
        if not all(map(is_of_current_secret, parts)):
            yield factor


def sessions_of(user: User) -> list[Any]:
    """Return an account's open sessions, each with ``ip`` and ``user_agent``."""
    return list(UserSession.objects.purge_and_list(user))
