"""Refuses parameters that an address does not have: a misspelt filter would answer another question than was asked."""

from fastapi import Request

from broker_bridge.database.invalid import Invalid


def refuse_unknown(request: Request) -> None:
    """Raise Invalid for a parameter that the description of the API does not name for this address."""
    described = request.app.openapi()["paths"].get(getattr(request.scope.get("route"), "path", ""))
    if described is None:
        return
    parameters = described[request.method.lower()].get("parameters", [])
    known = sorted(each["name"] for each in parameters if each["in"] == "query")
    for name, value in request.query_params.items():
        if name not in known:
            raise Invalid(name, value, f"one of these parameters: {', '.join(known) or 'none'}")
