"""Forms of sign-in, and the check of new passwords."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from allauth.account.forms import LoginForm
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from safelane.core.facts.forms import day_field
from safelane.organisations.models import Membership, User
from safelane.organisations.models.access import in_force
from safelane.organisations.signin.adapters import (
    AccountAdapter,
    client_address,
    is_locked,
)
from safelane.organisations.signin.queries import classes_of, labelled

WORDS = (
    "safelane",
    "landmine",
    "demining",
    "minefield",
    "clearance",
    "imsma",
    "cluster",
    "uxo",
)
LEAST_OTHER = 8


class SignInForm(LoginForm):  # type: ignore[misc]
    """User name and password, without a word about whether the name exists."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs = {"autocomplete": "username"}
        self.fields["password"].widget.attrs = {"autocomplete": "current-password"}
        self.fields["password"].help_text = ""


class _SlowedDown:
    """Refuse codes while the account is locked."""

    user: User

    def clean_code(self) -> str:
        from allauth.core import context

        if is_locked(self.user.get_username(), client_address(context.request)):
            raise AccountAdapter().validation_error("too_many_login_attempts")
        code: str = super().clean_code()  # type: ignore[misc]
        return code


class SecondFactorForm(_SlowedDown, AuthenticateForm):  # type: ignore[misc]
    """A code of the authenticator app, or a recovery code."""


class SecondFactorAgainForm(_SlowedDown, ReauthenticateForm):  # type: ignore[misc]
    """The same, before something that matters."""


class NewPasswordForm(forms.Form):
    """A password, twice."""

    password1 = forms.CharField(
        label=_("New password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 characters. Four unrelated words are good."),
    )
    password2 = forms.CharField(
        label=_("The same again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("password1") != cleaned.get("password2"):
            self.add_error("password2", _("The two passwords differ."))
        return cleaned


class TokenForm(forms.Form):
    """What an API token is for, what it opens with which role, and until when."""

    name = forms.CharField(label=_("What it is for"), max_length=100)
    membership = forms.ModelChoiceField(Membership.objects.none(), label=_("Role"))
    data_classes = forms.MultipleChoiceField(
        label=_("Data opened"), widget=forms.CheckboxSelectMultiple
    )
    writes = forms.BooleanField(
        label=_("It may also change data"),
        required=False,
        help_text=_("Leave this off for programs that only read, such as QGIS."),
    )
    expires = day_field(_("Works until"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        rows = Membership.objects.filter(in_force(today), user=user)
        roles = [row.role for row in rows.select_related("role")]
        opened = {name for role in roles for name in classes_of(role)}
        self.fields["membership"].queryset = rows  # type: ignore[attr-defined]
        self.fields["data_classes"].choices = labelled(opened)  # type: ignore[attr-defined]
        self.fields["expires"].initial = today + timedelta(days=90)

    def expiry(self) -> datetime:
        """Return the end of the chosen day."""
        day = self.cleaned_data["expires"]
        return timezone.make_aware(datetime.combine(day, time(23, 59, 59)))


class OwnWordsValidator:
    """Refuse passwords that are little more than words of the trade."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise unless enough is left without the field's own words."""
        rest = password.casefold()
        for word in WORDS:
            rest = rest.replace(word, "")
        if len(rest) < min(LEAST_OTHER, len(password)):
            raise ValidationError(
                gettext("This is little more than words of mine action: add others."),
                code="password_own_words",
            )

    def get_help_text(self) -> str:
        return gettext("Not only words of mine action.")
