"""Policies: one class per data class answers "may this actor?" and "which rows?"."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from functools import reduce
from typing import Any, ClassVar

from django.db.models import Case, IntegerField, Model, Q, Value, When
from django.db.models.expressions import Combinable
from django.utils.translation import gettext as _

from safelane.core.errors import NotPermitted
from safelane.core.scope.actor import Actor, Grant, Precision

NOTHING = Q(pk__in=())
EVERYTHING = Q()


def attribute(row: Any, path: str) -> Any:
    """Return what a lookup path names of a row in hand; None where a part is None."""
    for name in path.split("__"):
        row = None if row is None else getattr(row, name)
    return row


class ScopePolicy:
    """Rows by country, organisation and admin area; override paths per model.

    Attributes:
        data_class: Name in role verbs and agreements, such as ``"job"``; "" where
            rows are of many classes and ``rows`` asks each row's own.
        organisation: Lookup path from the row to its organisation id.
        country: Lookup path to the country id, or "" when the class has none.
        area_path: Lookup path to the admin area's materialised path, or "".
        coarse_as: Another data class whose facts the rows hold: they are shown no
            more exactly than it.
        is_whole: Rows are read exactly or not at all, such as reports and files.
    """

    data_class: ClassVar[str] = ""
    organisation: ClassVar[str] = "organisation_id"
    country: ClassVar[str] = "country_id"
    area_path: ClassVar[str] = "admin_area__path"
    coarse_as: ClassVar[str] = ""
    is_whole: ClassVar[bool] = False

    @classmethod
    def verb(cls, verb: str) -> str:
        return f"{cls.data_class}.{verb}"

    @classmethod
    def may(cls, actor: Actor, verb: str) -> bool:
        return actor.may(cls.verb(verb))

    @classmethod
    def rows(cls, actor: Actor, verb: str = "view") -> Q:
        """Return the filter for the rows on which ``actor`` may do ``verb``."""
        return cls._opened(actor, verb, exactly=cls.is_whole)

    @classmethod
    def exact_rows(cls, actor: Actor) -> Q:
        """Return the filter for the rows that ``actor`` may see exactly."""
        return cls._opened(actor, "view", exactly=True)

    @classmethod
    def _opened(cls, actor: Actor, verb: str, *, exactly: bool) -> Q:
        if actor.is_system:
            return EVERYTHING
        return cls.rows_of(
            grant
            for grant in actor.grants_for(cls.verb(verb))
            if not exactly or cls.level(grant) == Precision.EXACT
        )

    @classmethod
    def rows_of(cls, grants: Iterable[Grant]) -> Q:
        """Return the rows that any of the grants opens."""
        parts = [cls.grant_rows(grant) for grant in grants]
        if EVERYTHING in parts:  # an empty Q vanishes when it is joined to others
            return EVERYTHING
        return reduce(operator.or_, parts) if parts else NOTHING

    @classmethod
    def grant_rows(cls, grant: Grant) -> Q:
        """Return the rows that one grant opens."""
        if grant.reach == "all":
            query = EVERYTHING
        elif grant.reach == "organisation" and grant.organisation_id is not None:
            query = Q(**{cls.organisation: grant.organisation_id})
        elif grant.reach == "country" and cls.country and grant.country_id is not None:
            query = Q(**{cls.country: grant.country_id})
        else:
            return NOTHING
        if grant.from_agreement and grant.country_id and cls.country:
            query &= Q(**{cls.country: grant.country_id})
        if grant.area_path and cls.area_path:
            query &= Q(**{f"{cls.area_path}__startswith": grant.area_path})
        return query

    @classmethod
    def level(cls, grant: Grant) -> Precision:
        """Return how exactly one grant shows the rows that it opens."""
        own = grant.precision_of(cls.data_class)
        return max(own, grant.precision_of(cls.coarse_as)) if cls.coarse_as else own

    @classmethod
    def precision(cls, actor: Actor) -> Combinable:
        """Return an expression: the finest precision at which each row is open.

        Values are those of :class:`Precision`.
        """
        if actor.is_system or cls.is_whole:
            return Value(int(Precision.EXACT), output_field=IntegerField())
        whens: list[When] = []
        fallback = Precision.NONE
        grants = actor.grants_for(cls.verb("view"))
        for grant in sorted(grants, key=cls.level):
            rows, level = cls.grant_rows(grant), cls.level(grant)
            if rows == EVERYTHING:  # nothing coarser can win after this
                fallback = level
                break
            whens.append(When(rows, then=Value(int(level))))
        default = Value(int(fallback), output_field=IntegerField())
        if not whens:
            return default
        return Case(*whens, default=default, output_field=IntegerField())

    @classmethod
    def precision_of(cls, actor: Actor, row: Any) -> Precision:
        """Return the finest precision at which a row is open as it stands in hand.

        For past states, which are no rows: what the row says counts, not what is kept.
        """
        if actor.is_system:
            return Precision.EXACT
        grants = actor.grants_for(cls.verb("view"))
        levels = (cls.level(grant) for grant in grants if cls._opens(grant, row))
        return min(levels, default=Precision.NONE)

    @classmethod
    def _opens(cls, grant: Grant, row: Any) -> bool:
        """Say of one row in hand what :meth:`grant_rows` asks of stored ones."""
        country = attribute(row, cls.country) if cls.country else None
        if grant.reach == "organisation":
            is_open = attribute(row, cls.organisation) == grant.organisation_id
        elif grant.reach == "country":
            is_open = grant.country_id is not None and country == grant.country_id
        else:
            is_open = grant.reach == "all"
        if grant.from_agreement and grant.country_id and cls.country:
            is_open &= country == grant.country_id
        if grant.area_path and cls.area_path:
            path = attribute(row, cls.area_path) or ""
            is_open &= path.startswith(grant.area_path)
        return bool(is_open)

    @classmethod
    def coarsest(cls, actor: Actor) -> Precision:
        """Return the coarsest precision among the actor's view grants.

        EXACT means every visible row may be shown exactly, so that a fast path needs
        no per-row expression.
        """
        return max(cls.levels(actor), default=Precision.NONE)

    @classmethod
    def levels(cls, actor: Actor) -> set[Precision]:
        """Return at which precisions some row may be open to the actor."""
        if actor.is_system or cls.is_whole:
            return {Precision.EXACT}
        return set(map(cls.level, actor.grants_for(cls.verb("view"))))

    @classmethod
    def opens_country(cls, actor: Actor, country_id: int) -> bool:
        """Say whether ``actor`` sees every row of a country, and each exactly."""
        whole = (EVERYTHING, Q(**{cls.country: country_id}))
        return actor.is_system or any(
            cls.level(grant) == Precision.EXACT and cls.grant_rows(grant) in whole
            for grant in actor.grants_for(cls.verb("view"))
        )

    @classmethod
    def require_row(cls, actor: Actor, verb: str, row: Model) -> None:
        """Raise unless ``actor`` may do ``verb`` on this saved ``row``.

        Raises:
            SignInNeeded, NotPermitted: As :meth:`Actor.require`, or the row is
                outside the scope of every membership that allows it.
        """
        actor.require(cls.verb(verb))
        manager: Any = type(row)._default_manager
        if not manager.filter(cls.rows(actor, verb), pk=row.pk).exists():
            raise NotPermitted(
                _("“%(row)s” is outside the area or organisation of your roles.")
                % {"row": row}
            )
