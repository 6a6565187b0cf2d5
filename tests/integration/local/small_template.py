"""A template with one function, to put something the local runner may not know into."""

from pathlib import Path
from textwrap import indent

_BASE = """\
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Parameters:
  Name: {Type: String, Default: ""}
  PublicBaseUrl: {Type: String, Default: ""}
  WebSocketsPath: {Type: String, Default: ""}
  ConnectOrigins: {Type: String, Default: ""}
Conditions:
  HasName: !Not [!Equals [!Ref Name, ""]]
Resources:
  Api:
    Type: AWS::Serverless::HttpApi
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: pk, AttributeType: S}]
      KeySchema: [{AttributeName: pk, KeyType: HASH}]
  EchoFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: functions/echo/
      Handler: functions.echo.app.lambda_handler
      Runtime: python3.13
      MemorySize: 256
      Timeout: 5
      Environment:
        Variables:
          TABLE: !Ref Table
          NAME: !If [HasName, !Sub "hello ${Name}", nobody]
          ABSENT: !If [HasName, here, !Ref AWS::NoValue]
          JOINED: !Join ["-", [a, !Ref AWS::Region]]
          ESCAPED: !Sub "${!literal}"
      Events:
        Literal: {Type: HttpApi, Properties: {ApiId: !Ref Api, Method: GET, Path: /things/first}}
        One: {Type: HttpApi, Properties: {ApiId: !Ref Api, Method: GET, Path: "/things/{id}"}}
        Rest: {Type: HttpApi, Properties: {ApiId: !Ref Api, Method: GET, Path: "/files/{path+}"}}
        Any: {Type: HttpApi, Properties: {ApiId: !Ref Api, Method: ANY, Path: /any}}
"""


def write(folder: Path, *, resources: str = "", function: str = "") -> Path:
    """The template's file, with more ``resources``, and more properties of its function."""
    path = folder / "template.yaml"
    text = _BASE + indent(function, " " * 6) + indent(resources, " " * 2)
    path.write_text(text, encoding="utf-8")
    return path
