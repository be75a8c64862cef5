"""A question as it is saved beside what was answered: a report by its name, with all that its address takes."""

from collections.abc import Callable
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, StrictStr

from broker_bridge.database.connect import Connection
from broker_bridge.database.invalid import Invalid
from broker_bridge.database.snapshot import snapshot
from server.reporting import reports
from server.reporting.audiences import Asking, Audience
from server.reporting.denominators import get_response_rate
from server.reporting.filters import by_names
from server.reporting.judgements import get_change, get_difference, get_ranking
from server.reporting.reports import By, Shape, Step

Answer = dict[str, Any]


class Question(BaseModel):
    """A report with its filters, by the names that they have in its address."""

    model_config = ConfigDict(extra="forbid")

    report: Literal[
        "summary",
        "trend",
        "comparison",
        "hours",
        "distribution",
        "difference",
        "change",
        "ranking",
        "response_rate",
    ]
    step: Step = Step.MONTH
    by: By = By.UNIT
    classes_in: str | None = None
    figure: str | None = None
    one: str | None = None
    other: str | None = None
    month: str | None = None
    lang: Literal["fi", "sv", "en"] = "en"
    filters: dict[StrictStr, StrictStr] = {}

    def answer(self, connection: Connection) -> Answer:
        """Return the answer as it is now."""
        asker = Asking(connection, by_names(self.filters), Audience.UNIT, self.filters)
        if self.report in JUDGED:
            return JUDGED[self.report](self, asker)
        shape = Shape(self.step, self.by, self.classes_in)
        with snapshot(connection):
            return reports.run(connection, self.report, asker.filters, shape)

    def needed(self, name: str) -> str:
        """Return what this report cannot do without; raise Invalid when it is not given."""
        value: str | None = getattr(self, name)
        if value is None:
            raise Invalid(f"asked.{name}", None, f"what a {self.report} is of")
        return value


JUDGED: dict[str, Callable[[Question, Asking], Answer]] = {
    "difference": lambda asked, asker: get_difference(
        asker, asked.lang, asked.by, asked.needed("one"), asked.needed("other"), asked.figure
    ),
    "change": lambda asked, asker: get_change(asker, asked.lang, asked.needed("month"), asked.figure),
    "ranking": lambda asked, asker: get_ranking(asker, asked.lang, asked.by, asked.figure),
    "response_rate": lambda asked, asker: get_response_rate(asker.connection, asker.filters, asked.lang),
}
