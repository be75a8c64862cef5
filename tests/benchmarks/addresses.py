"""Every report of the API, as an address that a county of `hymio generate` answers."""

from broker_bridge.database import people_asked, targets
from broker_bridge.database.connect import Connection

MONTH = "from=2026-09-01&to=2026-10-01"
YEAR = "from=2025-11-01&to=2026-11-01"


def addresses(unit: str) -> dict[str, str]:
    """Return the addresses by name; what looks at one unit looks at this one."""
    asked = {
        "summary_unit": f"summary?unit={unit}",
        "summary_month_nps": f"summary?question=nps&{MONTH}",
        "trend_day_unit": f"trend?step=day&question=smiley&unit={unit}&{YEAR}",
        "trend_week": f"trend?step=week&question=smiley&{YEAR}",
        "trend_month": "trend?step=month&question=nps",
        "trend_quarter_unit": f"trend?step=quarter&unit={unit}",
        "trend_year": "trend?step=year&question=nps",
        "trend_in_new_classes": "trend?step=year&question=nps&classes_in=made-up-2",
        "comparison_unit": f"comparison?by=unit&question=nps&{MONTH}",
        "comparison_service_point": f"comparison?by=service_point&question=nps&{MONTH}",
        "comparison_service_class": f"comparison?by=service_class&question=nps&{MONTH}",
        "comparison_language": f"comparison?by=language&question=nps&{YEAR}",
        "comparison_channel": f"comparison?by=channel&question=nps&{YEAR}",
        "comparison_survey": f"comparison?by=survey&question=nps&{YEAR}",
        "distribution_unit": f"distribution?unit={unit}",
        "hours": f"hours?question=smiley&{YEAR}",
        "difference": f"difference?by=language&one=fi&other=sv&question=nps&{YEAR}",
        "change": "change?month=2026-10&question=nps",
        "ranking": f"ranking?by=unit&question=nps&{MONTH}",
        "response_rate": "response-rate",
        "response_rate_unit": f"response-rate?unit={unit}&question=nps&{MONTH}",
    }
    return {name: f"/api/v1/reports/{address}" for name, address in asked.items()}


def prepare(connection: Connection, unit: str) -> None:
    """Store what those reports need besides responses: how many were asked, and a target."""
    people_asked.import_people_asked(connection, f"month,unit,asked\n2026-09,{unit},100000\n".encode())
    targets.put(connection, {"year": 2026, "question": "nps", "figure": "nps", "unit": "", "value": 50.0})
