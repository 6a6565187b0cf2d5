"""The document has the routes of template.yaml, and says who may call them as the code does."""

from types import ModuleType

import pytest

from carrick.edge.caller import Access
from carrick.models.scopes import SCOPES
from local.aws import LocalAws
from local.functions import Functions
from local.resources import Route
from local.template import Stack
from tests.contract.document import DOCUMENT, OPERATIONS
from tests.support.stack import TEMPLATE

ROUTES = Stack.load(TEMPLATE).routes


@pytest.fixture(scope="session")
def functions(aws: LocalAws) -> Functions:
    return Functions(aws)


def requirements(access: Access) -> list[dict[str, list[str]]]:
    """The security requirements that say the same: each one alone admits a caller."""
    found: list[dict[str, list[str]]] = []
    if access.session:
        found.append({"connectSession": []})
    if access.session_in_query:
        found.append({"connectSessionInQuery": []})
    if access.root:
        found.append({"rootKey": []})
    if access.any_key:
        found.append({"apiKey": []})
    return found + [{"apiKey": [scope]} for scope in access.scopes]


def test_each_route_is_documented_and_no_other() -> None:
    documented = {(operation.api, operation.key) for operation in OPERATIONS.values()}

    assert documented == {(route.api, route.key) for route in ROUTES}


def test_each_api_is_a_server() -> None:
    servers = [DOCUMENT["servers"]]
    servers += [item["servers"] for item in DOCUMENT["paths"].values() if "servers" in item]

    assert {route.api for route in ROUTES} == {
        server["description"].split("`")[1] for group in servers for server in group
    }


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.key)
def test_who_may_call_a_route_is_documented(route: Route, functions: Functions) -> None:
    module: ModuleType = functions.module(route.function)
    access = module.api.routes[route.key].access

    assert OPERATIONS[route.key].facts["security"] == requirements(access)


def test_a_function_has_no_route_beside_the_templates(functions: Functions) -> None:
    for name in {route.function for route in ROUTES}:
        keys = {route.key for route in ROUTES if route.function == name}
        assert set(functions.module(name).api.routes) == keys


def test_every_scope_is_listed() -> None:
    scheme = DOCUMENT["components"]["securitySchemes"]["apiKey"]

    assert set(scheme["x-scopes"]) == set(SCOPES)


def test_a_scope_that_no_route_asks_for_says_so() -> None:
    asked = {
        scope
        for operation in OPERATIONS.values()
        for requirement in operation.facts["security"]
        for scope in requirement.get("apiKey", [])
    }
    scopes = DOCUMENT["components"]["securitySchemes"]["apiKey"]["x-scopes"]

    idle = {scope for scope, text in scopes.items() if "No route asks for it" in text}
    assert idle == set(SCOPES) - asked


@pytest.mark.parametrize("key", OPERATIONS)
def test_path_parameters_are_documented(key: str) -> None:
    operation = OPERATIONS[key]
    in_path = {part[1:-1] for part in operation.path.split("/") if part.startswith("{")}

    declared = {
        parameter["name"] for parameter in operation.parameters() if parameter["in"] == "path"
    }
    assert declared == in_path
