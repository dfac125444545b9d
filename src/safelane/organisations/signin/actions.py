"""The only place that writes ways in: invitations, passwords, tokens, sessions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from safelane.core.errors import InvalidInput, NotPermitted
from safelane.core.history.actions import Entry, record
from safelane.core.protect.cipher import Unreadable
from safelane.core.scope import Actor
from safelane.organisations.models import Membership, User
from safelane.organisations.queries import organisations_in_reach
from safelane.organisations.signin.errors import InvitationClosed, PasswordRefused
from safelane.organisations.signin.models import ApiToken, Invitation
from safelane.organisations.signin.queries import (
    SEALED_FACTOR_PARTS,
    classes_of,
    open_invitation,
    second_factors_of_old_secrets,
    sessions_of,
)
from safelane.organisations.signin.secrets import (
    HINT_LENGTH,
    TOKEN_PREFIX,
    hash_of,
    new_secret,
    reencrypted,
)

CLOSED = gettext_lazy("This link does not work any more. Ask for a new one.")
LONGEST_TOKEN = timedelta(days=366)


@transaction.atomic
def invite_user(user: User, *, by: Actor) -> str:
    """Make a one-time link for an account and return its secret; older links close.

    Raises:
        NotPermitted: The account opens more than the actor may manage, so that the
            link would hand out somebody else's rights.
    """
    _require_over(user, by)
    now = timezone.now()
    Invitation.objects.filter(user=user, used=None, revoked=None).update(revoked=now)
    secret = new_secret()
    Invitation.objects.create(
        user=user,
        token_hash=hash_of(secret),
        created_by_id=by.user_id,
        expires=now + timedelta(days=settings.INVITATION_DAYS),
    )
    _note("person.invite", user, by)
    return secret


def accept_invitation(secret: str, password: str | None) -> User:
    """Use up a link and set the password; None leaves the account without one.

    Raises:
        InvitationClosed: It was used, revoked or is too old.
        PasswordRefused: The password is too easy; the link stays open.
    """
    invitation = open_invitation(secret)
    if invitation is None:
        raise InvitationClosed(CLOSED)
    if password is not None:
        _check_password(password, invitation.user)
    with transaction.atomic():
        _use_up(invitation)
        user = invitation.user
        if password is not None:
            user.set_password(password)
            user.save(update_fields=["password"])
            end_sessions(user)
        _note("person.accept_invitation", user, _self(user))
    return user


def _use_up(invitation: Invitation) -> None:
    open_rows = Invitation.objects.filter(pk=invitation.pk, used=None, revoked=None)
    if not open_rows.update(used=timezone.now()):
        raise InvitationClosed(CLOSED)


def _check_password(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise PasswordRefused(" ".join(error.messages), field="password1") from error


@transaction.atomic
def create_token(
    membership: Membership,
    name: str,
    expires: datetime,
    *,
    data_classes: Iterable[str] | None = None,
    writes: bool = False,
    by: Actor,
) -> tuple[ApiToken, str]:
    """Make an API token for a membership of one's own; the secret is shown once.

    Args:
        data_classes: What it opens; None is all that the role opens but victims.
        writes: Whether it may also change data.

    Raises:
        NotPermitted: The membership is somebody else's, or a token asks.
        InvalidInput: No name, no day within a year from now, or no class of data that
            the role opens.
    """
    by.require_in_person()
    if by.kind != "system" and membership.user_id != by.user_id:
        raise NotPermitted(_("A token is made by the person whose role it uses."))
    chosen = _checked_classes(membership, data_classes)
    now = timezone.now()
    if not now < expires <= now + LONGEST_TOKEN:
        raise InvalidInput(_("Choose a day within one year."), field="expires")
    if not name.strip():
        raise InvalidInput(_("Say what the token is for."), field="name")
    secret = TOKEN_PREFIX + new_secret()
    token = ApiToken.objects.create(
        membership=membership,
        name=name.strip()[:100],
        hint=secret[:HINT_LENGTH],
        token_hash=hash_of(secret),
        writes=writes,
        data_classes=chosen,
        created_by_id=by.user_id,
        expires=expires,
    )
    _note_token("person.create_token", token, by)
    return token, secret


def _checked_classes(membership: Membership, names: Iterable[str] | None) -> list[str]:
    """Return the classes of data, each of which the role of a membership opens."""
    known = classes_of(membership.role)
    chosen = sorted(set(known) - {"victim"} if names is None else set(names))
    unknown = [name for name in chosen if name not in known]
    if unknown or not chosen:
        message = _(
            "Choose what the token opens. The role “%(role)s” has: %(known)s;"
            " not: %(unknown)s."
        )
        said = {"role": membership.role, "known": ", ".join(known)}
        said |= {"unknown": ", ".join(unknown) or "–"}
        raise InvalidInput(message % said, field="data_classes")
    return chosen


@transaction.atomic
def revoke_token(token: ApiToken, *, by: Actor) -> ApiToken:
    """End an API token at once; its owner and administrators may."""
    by.require_in_person()
    if token.membership.user_id != by.user_id:
        _require_over(token.membership.user, by)
    if token.revoked is None:
        token.revoked = timezone.now()
        token.save(update_fields=["revoked"])
        _note_token("person.revoke_token", token, by)
    return token


@transaction.atomic
def revoke_sessions(user: User, *, by: Actor) -> int:
    """Sign an account out everywhere and return how many sessions ended."""
    by.require_in_person()
    if user.pk != by.user_id:
        _require_over(user, by)
    count = end_sessions(user)
    _note("person.revoke_sessions", user, by)
    return count


def note_linked_provider(user: User) -> None:
    """Write down that an account can now be opened through the provider."""
    _note("person.link_provider", user, _self(user))


def end_sessions(user: User, *, keep: str | None = None) -> int:
    """End the sessions of an account, but for the one whose key is ``keep``."""
    sessions = [s for s in sessions_of(user) if s.session_key != keep]
    for session in sessions:
        session.end()
    return len(sessions)


def reseal_second_factors() -> int:
    """Encrypt with the secret in use what an older one encrypted; return how many.

    Raises:
        Unreadable: A key needs a secret that is neither in use nor a fallback.
    """
    old = list(second_factors_of_old_secrets(locked=True))
    for factor in old:
        for name in SEALED_FACTOR_PARTS & factor.data.keys():
            try:
                factor.data[name] = reencrypted(factor.data[name])
            except InvalidToken as error:
                raise Unreadable(
                    _("The second factor of account %(number)s needs another secret.")
                    % {"number": factor.user_id}
                ) from error
        factor.save(update_fields=["data"])
    return len(old)


def _require_over(user: User, by: Actor) -> None:
    """Raise unless everything that ``user`` may do lies within what ``by`` manages."""
    by.require_in_person()
    if by.is_system or by.may("admin.manage"):
        return
    by.require("membership.manage")
    memberships = Membership.objects.filter(user=user).select_related("role", "area")
    for membership in memberships:
        near = by.for_whole_reach(membership.area.path if membership.area else "")
        reach = organisations_in_reach(near, "membership.manage")
        if membership.organisation_id not in reach or membership.role.reach == "all":
            raise NotPermitted(_("This account is outside your reach."))


def _self(user: User) -> Actor:
    return Actor(kind="person", user_id=user.pk, name=str(user))


def _note(verb: str, user: User, by: Actor) -> None:
    record(Entry(None, verb, "user", user.uid, user.username), by=by)


def token_facts(token: ApiToken) -> dict[str, Any]:
    """Return what the history keeps of a token: of its secret, a hash of the hash."""
    names = ("hint", "writes", "data_classes", "expires", "revoked")
    return {name: getattr(token, name) for name in names} | {
        "membership": token.membership.uid,
        "seal": hash_of(token.token_hash),
    }


def _note_token(verb: str, token: ApiToken, by: Actor) -> None:
    home, after = token.membership.organisation_id, token_facts(token)
    record(Entry(home, verb, "token", token.uid, token.name, after=after), by=by)
