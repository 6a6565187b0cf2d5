"""Picks resources of ``template.yaml``."""

from collections.abc import Mapping
from typing import Any


def of_type(resources: Mapping[str, dict[str, Any]], kind: str) -> dict[str, dict[str, Any]]:
    """The properties of each resource of a type, by logical id. At least one."""
    found = {
        logical_id: resource.get("Properties", {})
        for logical_id, resource in resources.items()
        if resource["Type"] == kind
    }
    assert found, kind
    return found
