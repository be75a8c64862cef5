"""What JSON bodies have in common; a field that they do not know is an error, since a misspelt end would be no end."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from broker_bridge.database.corrections import Because


class Body(BaseModel):
    """A JSON object with these fields and no others."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Explained(Body):
    """Something that is kept with who said so and why, in their own words."""

    who: Annotated[str, Field(max_length=200)] = ""
    why: Annotated[str, Field(max_length=2000)] = ""

    @property
    def because(self) -> Because:
        """Return who and why."""
        return Because(self.who, self.why)
