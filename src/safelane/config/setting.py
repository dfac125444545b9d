"""One setting: its type, default, limits and help, and how text becomes a value."""

from __future__ import annotations

from dataclasses import Field, dataclass, field
from pathlib import Path
from typing import Any

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off", ""}


class SettingError(Exception):
    """Report a setting that is unknown or holds a value that cannot be used."""


def setting(
    default: Any,
    help: str,
    *,
    low: int | None = None,
    high: int | None = None,
    choices: tuple[str, ...] = (),
    secret: bool = False,
) -> Any:
    """Declare a field of ``Env`` with what people need to know about it."""
    about = {"help": help, "low": low, "high": high}
    return field(
        default=default, metadata={**about, "choices": choices, "secret": secret}
    )


@dataclass(frozen=True, slots=True)
class Setting:
    """Describe one setting for parsing and for the documentation."""

    name: str
    variable: str
    kind: type
    default: Any
    help: str
    low: int | None
    high: int | None
    choices: tuple[str, ...]
    secret: bool

    @classmethod
    def of(cls, declared: Field[Any], variable: str) -> Setting:
        """Read the description from a field of ``Env``."""
        kind = type(declared.default)
        kind = Path if issubclass(kind, Path) else kind
        return cls(declared.name, variable, kind, declared.default, **declared.metadata)

    def parse(self, value: Any, where: str) -> Any:
        """Turn text of the environment, or a TOML value, into the setting's type."""
        try:
            parsed = self._convert(value)
        except (TypeError, ValueError) as error:
            raise self._refuse(value, where) from error
        if self.choices and parsed not in self.choices:
            raise self._refuse(value, where)
        if self.kind is int and not self._within(parsed):
            raise self._refuse(value, where)
        return parsed

    def expects(self) -> str:
        """Say in words which values are accepted."""
        if self.choices:
            return "one of " + ", ".join(self.choices)
        if self.kind is int:
            return f"a whole number from {self.low} to {self.high}"
        names = {bool: "yes or no", tuple: "values separated by commas", Path: "a path"}
        return names.get(self.kind, "text")

    def _convert(self, value: Any) -> Any:
        if self.kind is bool:
            return value if isinstance(value, bool) else _truth(value)
        if self.kind is tuple:
            parts = value.split(",") if isinstance(value, str) else value
            return tuple(str(part).strip() for part in parts if str(part).strip())
        if self.kind is int and isinstance(value, bool | float):
            raise ValueError("not a whole number")
        if self.kind in (str, Path) and not isinstance(value, str):
            raise TypeError("not text")
        text = value.strip() if isinstance(value, str) else value
        return self.kind(text.upper() if self._upper() else text)

    def _upper(self) -> bool:
        return bool(self.choices) and self.choices[0].isupper()

    def _within(self, number: int) -> bool:
        low, high = self.low, self.high
        return (low is None or number >= low) and (high is None or number <= high)

    def _refuse(self, value: Any, where: str) -> SettingError:
        shown = "that value" if self.secret else repr(value)
        return SettingError(f"{where} is {shown}; it must be {self.expects()}.")


def _truth(value: Any) -> bool:
    text = str(value).strip().lower()
    if text not in TRUE | FALSE:
        raise ValueError("neither yes nor no")
    return text in TRUE
