"""Logs are kept for as long as the operator says, and an access log shows no path and no query."""

import json
import re
from collections.abc import Mapping
from typing import Any

from tests.template.of_type import of_type


def test_every_function_writes_to_a_log_group_of_its_own(resources: Mapping[str, Any]) -> None:
    groups = of_type(resources, "AWS::Logs::LogGroup")
    for name, function in of_type(resources, "AWS::Serverless::Function").items():
        assert function["LoggingConfig"]["LogGroup"] == {"Ref": f"{name}LogGroup"}
        assert f"{name}LogGroup" in groups


def test_every_log_group_ends(resources: Mapping[str, Any]) -> None:
    for name, group in of_type(resources, "AWS::Logs::LogGroup").items():
        assert group["RetentionInDays"] == {"Ref": "LogRetentionDays"}, name


def test_access_logs_name_the_route_and_nothing_that_was_sent(
    resources: Mapping[str, Any],
) -> None:
    # A callback's query holds the code, and its path on the customer's domain could as well.
    harmless = {"requestId", "routeKey", "status", "responseLatency", "integrationErrorMessage"}
    for name, api in of_type(resources, "AWS::Serverless::HttpApi").items():
        settings = api["AccessLogSettings"]
        shown = set(re.findall(r"\$context\.([A-Za-z.]+)", settings["Format"]))
        assert shown == harmless, name
        assert set(json.loads(settings["Format"])), name
        assert settings["DestinationArn"] == {"Fn::GetAtt": [f"{name}LogGroup", "Arn"]}
