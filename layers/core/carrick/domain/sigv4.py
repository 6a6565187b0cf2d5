"""AWS Signature Version 4 of a request, made by botocore.

Source: docs.aws.amazon.com, "Signature Version 4 for API requests".
"""

from dataclasses import dataclass, field, replace

from carrick.models.http import OutboundRequest


@dataclass(frozen=True, slots=True)
class AwsKey:
    """An access key; temporary ones have a session token."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str = field(default="", repr=False)


def signed(request: OutboundRequest, key: AwsKey, *, region: str, service: str) -> OutboundRequest:
    """The request with ``Authorization`` and the ``X-Amz-`` headers. botocore reads the time."""
    # Here and not above: few connections are AWS's.
    from botocore.auth import S3SigV4Auth, SigV4Auth  # noqa: PLC0415
    from botocore.awsrequest import AWSRequest  # noqa: PLC0415
    from botocore.credentials import Credentials  # noqa: PLC0415

    draft = AWSRequest(
        method=request.method, url=request.url, headers=dict(request.headers), data=request.body
    )
    owner = Credentials(key.access_key_id, key.secret_access_key, key.session_token or None)
    scheme = S3SigV4Auth if service == "s3" else SigV4Auth  # S3 encodes paths once, not twice
    scheme(owner, service, region).add_auth(draft)
    return replace(request, headers=dict(draft.headers.items()))
