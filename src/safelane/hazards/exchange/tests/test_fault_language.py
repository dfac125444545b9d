"""What is wrong with a row is said in the language of who brought the file."""

from typing import Any

from django.utils import translation

from safelane.hazards.exchange.tests.conftest import feature


def test_faults_of_rows_speak_the_language_of_the_job(bring_in: Any) -> None:
    with translation.override("az"):
        run = bring_in(feature(1, date=None), mode="skip")
        wanted = translation.gettext("This is needed and empty.")
    messages = list(run.faults.filter(level="error").values_list("message", flat=True))
    assert wanted in messages and "needed" not in " ".join(messages)
