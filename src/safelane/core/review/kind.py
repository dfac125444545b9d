"""What one kind of report says of itself, so that all else is the same for all."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, Generic, Protocol, TypeVar

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.text import capfirst

from safelane.core.facts import facts_of, followers, lists
from safelane.core.i18n.letters import tidy_name
from safelane.core.protect.disguise import disguised
from safelane.core.review.models import ReviewedReport
from safelane.core.review.timeline import Groups
from safelane.core.scope import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What every report states; each kind adds the record it speaks of and more.

    Args:
        date_of_information: The day on which the facts were true.
        reference: Reference of the record to register, when none is named.
        facts: Name of a fact -> value; what is absent is not stated.
        retracts: Names of facts that are now held to be unknown.
        admin_area: Where, when there is no position: it may be unsafe to take one.
            None leaves that of a draft as it is, "" takes it out.
        external_id: Identifier of the row in its source, for idempotent imports.
        content_hash: Digest of the source row; an equal one is not imported again.
    """

    date_of_information: date
    reference: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    retracts: tuple[str, ...] = ()
    admin_area: Any = None
    external_id: str = ""
    content_hash: str = ""
    batch: str = ""
    device_time: datetime | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "reference", tidy_name(self.reference))


# Whence a report came: a correction that says nothing of it leaves it as it was.
PROVENANCE = ("external_id", "content_hash", "batch", "device_time")
R = TypeVar("R", bound=ReviewedReport)
C = TypeVar("C", bound=Claims)
Code = tuple[str, str, str]  # field, name of its list, code


class Finding(Protocol):
    """What a rule says of a report, as ``core.review.findings`` keeps it."""

    def as_json(self) -> dict[str, Any]: ...


class Pack(Protocol):
    """What the review asks of a country's pack."""

    @property
    def version(self) -> str: ...

    def parameter(self, key: str, on: date | None = None) -> Any: ...

    def codes(self, name: str, on: date | None = None) -> Sequence[Any]: ...


@dataclass(frozen=True, slots=True)
class Programme:
    """What a mine action programme answers: its countries and organisations.

    Args:
        pack_of: The pack of a country, with the codes that its authority added.
        area_at: The deepest admin area of a country that holds a point.
        areas_at: The key of that area, or None, for each of many points.
        in_reach: The organisations whose records a verb opens to an actor.
        placed_since: Country -> when its admin areas came in last, by the history.
        for_other_eyes: The keys of those reports which their author, an account, may
            not approve, by the verb that approves them. Each report comes with the
            paths of the admin areas for which it matters.
    """

    pack_of: Callable[[Any], Pack]
    area_at: Callable[[Any, Any], Any]
    areas_at: Callable[[Any, Sequence[Any]], list[int | None]]
    in_reach: Callable[[Actor, str], set[int]]
    placed_since: Callable[[], Mapping[int, datetime]]
    for_other_eyes: Callable[[Mapping[Any, Collection[str]], str, int], set[int]]


def _nothing(*_given: Any) -> None:
    return None


def _geometry(report: Any, _claims: Any) -> Any:
    shape = report.geometry
    return None if shape is None else shape.representative_point()


@dataclass(frozen=True, kw_only=True)
class ReportKind(Generic[R, C]):
    """One kind of report: models, rules, and what lies beside the facts.

    The facts themselves are those that the model of the reports declares.

    Args:
        name: Data class of the reports, as in role verbs and the history.
        importing: Verb that lets somebody take reports over as approved.
        prefix: Short mark in report numbers.
        record: Name of the record in the report and in its claims, such as ``area``.
        links: Columns beside the facts that hold and pass on as facts do.
        beside: Names, in the claims, of what lies beside the facts and says something.
        rows_beside: Relations of a report to the rows in which it lies, where these
            are written anew with every draft; named in the claims as well.
        stands_alone: What lies beside may be reported without naming a record.
        rules: What the rules in force on a day find in a saved report.
        codes_beside: Codes used beside the facts, apart from those of ``rows_beside``.
        fill: Set what a report has beyond facts, from its claims.
        place: Where a report lies, or None when it does not say.
        write_beside: Write the rows beside the facts of saved reports.
        say_beside: Those rows, for the history.
        is_closed: Whether a report holds such rows that are not open to an actor, who
            then cannot replace what it says.
        project: Derive what a record shows beyond the facts that hold.
        period: Model that keeps what held when; None where it is computed.
    """

    name: str
    importing: str
    prefix: str
    record: str
    report: type[R]
    programme: Programme
    rules: Callable[[R, date], Sequence[Finding]]
    links: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    rows_beside: tuple[str, ...] = ()
    stands_alone: bool = False
    codes_beside: Callable[[C], Iterable[Code]] = lambda _claims: ()
    fill: Callable[[R, C, Actor], None] = _nothing
    place: Callable[[R, C], Any] = _geometry
    write_beside: Callable[[Sequence[tuple[R, C]], Actor], None] = _nothing
    say_beside: Callable[[R], Mapping[str, Any]] = lambda _report: {}
    is_closed: Callable[[R, Actor], bool] = lambda _report, _actor: False
    project: Callable[[Any], None] = _nothing
    period: type[models.Model] | None = None

    @cached_property
    def reports(self) -> Any:
        """Return the manager of the reports."""
        return self.report._default_manager

    @cached_property
    def groups(self) -> Groups:
        """Return the facts that are only taken over together."""
        return followers(facts_of(self.report).values())

    @cached_property
    def lists(self) -> dict[str, str]:
        """Return fact -> its code list in the country pack."""
        return lists(facts_of(self.report).values())

    @cached_property
    def lists_beside(self) -> dict[str, dict[str, str]]:
        """Return, per name of ``rows_beside``, fact -> its code list."""
        meta = self.report._meta
        models: Any = {n: meta.get_field(n).related_model for n in self.rows_beside}
        return {n: lists(facts_of(model).values()) for n, model in models.items()}

    def tie(self, report: R) -> None:
        """Tie what lies beside the facts to the record that a report has got."""
        for name in self.beside:
            getattr(report, name).update(**{self.record: self.record_of(report)})

    @cached_property
    def app(self) -> str:
        """Return the name space of the part's pages."""
        return self.report._meta.app_label

    @cached_property
    def policy(self) -> Any:
        return self.report.policy  # type: ignore[attr-defined]

    @cached_property
    def record_model(self) -> Any:
        return self.report._meta.get_field(self.record).related_model

    @cached_property
    def record_uid(self) -> str:
        """Return the name under which the history keeps the record's uid."""
        return f"{self.record}_uid"

    @property
    def record_name(self) -> str:
        """Return what a person calls the record, as the model names it."""
        return str(self.record_model._meta.verbose_name)

    def stated(self, report: R) -> dict[str, Any]:
        """Return what a report states: facts and links, name -> value."""
        row: Any = report
        linked = {n: v for n in self.links if (v := getattr(row, n)) is not None}
        facts: dict[str, Any] = row.stated_facts()
        return facts | linked

    def says_beside(self, claims: C) -> bool:
        """Say whether claims state something beside the facts."""
        return any(getattr(claims, name) for name in self.beside)

    def label_of(self, name: str) -> str:
        """Return what a person calls what a report says under a name in the history."""
        try:
            field: Any = self.report._meta.get_field(name)
        except FieldDoesNotExist:
            return name.replace("_", " ")
        if field.auto_created:  # rows that belong to the report
            return str(capfirst(str(field.related_model._meta.verbose_name_plural)))
        return facts_of(self.report).label(name)

    def verb(self, name: str) -> str:
        return f"{self.name}.{name}"

    def numbers(self, day: datetime, keyed: Iterable[tuple[int, Any]]) -> list[str]:
        """Return the numbers of reports, given by key and organisation.

        They say whose it is and of which day, and not how many there are of others.
        """
        pairs = list(keyed)
        marks = disguised(key for key, _home in pairs)
        names = (
            f"{home.short_name}-{self.prefix}-{day:%Y%m%d}" for _key, home in pairs
        )
        return [f"{name}-{mark}" for name, mark in zip(names, marks, strict=True)]

    def record_of(self, row: R | C) -> Any:
        """Return the record that a report or its claims speak of, or None."""
        return getattr(row, self.record)
