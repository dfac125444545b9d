"""What others write of the same records while a file is being brought in.

The rows of a file are compared with the register before it is their turn to be written:
the records of the country are read when an import begins, and a batch is judged while
the one in front of it is written. What others wrote since then is found in the history
once it is the import's turn, which nobody else of the organisation has meanwhile.
"""

from __future__ import annotations

from safelane.core.bulk.many_values import lots
from safelane.core.history.actions import take_turn
from safelane.core.history.queries import changed_since, last_change
from safelane.core.i18n.letters import look
from safelane.exchange.imports.known_records import is_identifier
from safelane.exchange.kinds import Intake, Prepared
from safelane.exchange.models import ImportRun

AT_ONCE = 500


def wait_for_turn(run: ImportRun) -> None:
    """Hold the organisation's turn to write reports until the transaction ends."""
    if run.kind.reports is not None:
        take_turn([run.organisation_id])


class Others:
    """The records of which others have written since this import read the register.

    Args:
        run: Make this before its intake, which reads the register.
    """

    def __init__(self, run: ImportRun) -> None:
        self._run, self._kind = run, run.kind.reports
        self._named: set[str] = set()
        self._seen = 0
        self.pass_over_own()

    def pass_over_own(self) -> None:
        """Take what was written under this turn for the import's own."""
        if self._kind is not None:
            self._seen = last_change(self._run.organisation_id)

    def judged_again(self, judged: Prepared, intake: Intake) -> tuple[Prepared, Intake]:
        """Return a batch as it stands now, and its way in; call it under the turn.

        The batch is what it was unless others wrote of what its rows are about: then
        all of it is looked up and judged anew.
        """
        self._look()
        if not self._named or not judged.items or judged.mapped is None:
            return judged, intake
        about = self._about(judged, intake)
        if about is not None:
            if about.isdisjoint(self._named):
                return judged, intake
            self._named |= about  # what stood of it in the file may fall out now
        anew = self._run.kind.intake(self._run)
        return anew.prepare(judged.mapped), anew

    def _look(self) -> None:
        kind, owner = self._kind, self._run.organisation_id
        if kind is None or last_change(owner) == self._seen:
            return
        names = "reference", f"{kind.record}__reference", "external_id"
        for uids in lots(changed_since(owner, self._seen, kind.name), AT_ONCE):
            self._named.update(uids)  # a report may name nothing
            rows = kind.reports.filter(uid__in=uids).values_list(*names)
            for *references, identifier in rows:
                self._named |= _looks(identifier, *references)
        self._seen = last_change(owner)

    def _about(self, judged: Prepared, intake: Intake) -> set[str] | None:
        """Return how references and identifiers of rows look; None if any may be meant.

        Only an intake that works ahead knows what its rows are about.
        """
        if not intake.works_ahead or self._kind is None:
            return None
        named: set[str] = set()
        for item in judged.items.values():
            record = self._kind.record_of(item)
            reference = item.reference if record is None else record.reference
            named |= _looks(item.external_id, reference)
        return named


def _looks(identifier: str, *references: str | None) -> set[str]:
    """Return how names look; an identifier that is the number of a row is none."""
    names = {*references, identifier if is_identifier(identifier) else ""}
    return {look(name) for name in names if name}
