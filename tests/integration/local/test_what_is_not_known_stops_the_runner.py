"""What the local runner cannot do is said at the start, with the name of the resource."""

from pathlib import Path

import pytest

from local.intrinsics import TemplateError
from local.template import Stack
from tests.integration.local import small_template


@pytest.mark.parametrize(
    ("resources", "said"),
    [
        ("Topic:\n  Type: AWS::SNS::Topic\n", "Topic: .* AWS::SNS::Topic"),
        (
            "Queue:\n  Type: AWS::SQS::Queue\n  Properties: {FifoQueue: true}\n",
            "Queue: .* FifoQueue",
        ),
        (
            "Secret:\n  Type: AWS::SecretsManager::Secret\n  Properties: {SecretString: x}\n",
            "Secret: .* SecretString",
        ),
        (
            "Queue:\n  Type: AWS::SQS::Queue\n  Properties: {DelaySeconds: !Ref Nothing}\n",
            "Queue: .* Nothing",
        ),
        (
            "Queue:\n  Type: AWS::SQS::Queue\n  Properties: {DelaySeconds: !Select [0, [1, 2]]}\n",
            "Queue: .* Fn::Select",
        ),
        (
            "Queue:\n  Type: AWS::SQS::Queue\n  Properties: {DelaySeconds: !GetAtt Table.Age}\n",
            "Queue: .* Table.Age",
        ),
    ],
)
def test_a_resource(tmp_path: Path, resources: str, said: str) -> None:
    with pytest.raises(TemplateError, match=said):
        Stack.load(small_template.write(tmp_path, resources=resources))


@pytest.mark.parametrize(
    ("function", "said"),
    [
        ("ReservedConcurrentExecutions: 1\n", "EchoFunction: .* ReservedConcurrentExecutions"),
        ("Policies: [AmazonS3FullAccess]\n", "EchoFunctionRole: .*/AmazonS3FullAccess"),
        (
            "Policies: [{Statement: {Effect: Deny, Action: 'sqs:*', Resource: '*'}}]\n",
            "EchoFunctionRole: .* Allow",
        ),
        (
            "Policies: [{Statement: {Effect: Allow, Action: 'sqs:SendMessage', Resource: '*',"
            " Condition: {IpAddress: {'aws:SourceIp': '10.0.0.1'}}}}]\n",
            "EchoFunctionRole: .* IpAddress",
        ),
    ],
)
def test_a_property_of_a_function(tmp_path: Path, function: str, said: str) -> None:
    with pytest.raises(TemplateError, match=said):
        Stack.load(small_template.write(tmp_path, function=function))


def test_a_schedule_by_the_calendar(tmp_path: Path) -> None:
    schedule = (
        "Nightly:\n  Type: AWS::Scheduler::Schedule\n  Properties:\n"
        "    ScheduleExpression: cron(0 3 * * ? *)\n    FlexibleTimeWindow: {Mode: 'OFF'}\n"
        "    Target: {Arn: !GetAtt EchoFunction.Arn, RoleArn: x}\n"
    )
    with pytest.raises(TemplateError, match=r"Nightly: .* rate"):
        Stack.load(small_template.write(tmp_path, resources=schedule))


def test_a_parameter_that_the_template_does_not_have(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="Colour"):
        Stack.load(small_template.write(tmp_path), {"Colour": "red"})
