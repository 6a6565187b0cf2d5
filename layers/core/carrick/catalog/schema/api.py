"""Parts of an entry about requests to the provider's API, and its webhooks."""

from typing import Literal

from pydantic import Field

from carrick.catalog.schema.base import Entry, Name, Templates, TemplateText, Tree, UrlTemplate


class ProviderCall(Entry):
    """One call to the provider. ``url`` is a path of ``base_url``, or a URL."""

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = "GET"
    url: TemplateText
    headers: Templates = Field({})
    body: Tree | None = None


class Lookup(ProviderCall):
    """A call after authorization whose answer holds connection config.

    Paths are dotted; digits index into lists: ``0.tenantId``.
    """

    sets: dict[Name, str] = Field(description="Name in connection config to path in the answer.")


class Verification(Entry):
    """Calls that prove credentials: the first answer with a 2xx status will do."""

    method: Literal["GET", "POST", "PUT", "HEAD"] = "GET"
    paths: tuple[TemplateText, ...]
    base_url: UrlTemplate | None = None
    headers: Templates = Field({})
    body: Tree | None = None


class RetryInBody(Entry):
    """When to try again, said in the text of an error's body."""

    path: str
    after_text: str = Field(description="What stands before the moment or the seconds.")
    means: Literal["at", "after"]


class Retry(Entry):
    """How the provider says when to try again; its times are in seconds."""

    at_headers: tuple[Name, ...] = Field((), description="Hold the moment.")
    after_headers: tuple[Name, ...] = Field((), description="Hold the seconds to wait.")
    remaining_headers: tuple[Name, ...] = Field((), description="0 means: wait.")
    statuses: tuple[str, ...] = Field((), description="Worth another try: `429`, `5xx`.")
    in_body: RetryInBody | None = None


class Pagination(Entry):
    """How lists go on. For clients' helpers only; the broker does not page."""

    type: Literal["link", "cursor", "offset"]
    cursor_path: str | None = None
    cursor_param: Name | None = None
    limit_param: Name | None = None
    link_rel: Name | None = None
    link_path: str | None = None
    offset_param: Name | None = None
    offset_start: int | None = None
    offset_step: Literal["per-page", "by-response-size"] | None = None
    response_path: str | None = None


class Api(Entry):
    """How requests to the provider's API are made."""

    base_url: UrlTemplate | None = None
    base_url_fallbacks: tuple[UrlTemplate, ...] = ()
    headers: Templates = Field({}, description="Sent with each request.")
    query: Templates = Field({}, description="Parameters set on each request.")
    body: Tree | None = Field(None, description="Merged into each request body.")
    retry: Retry = Field(Retry())
    pagination: Pagination | None = None
    verification: Verification | None = None
    decompress: bool = Field(False, description="Answers come compressed unasked.")
    forward_headers_on_redirect: bool = False


class Webhooks(Entry):
    """What the provider's webhooks look like."""

    headers: tuple[Name, ...] = Field((), description="Headers that carry signature and kind.")
    signature_header: Name | None = Field(
        None, description="The one with the signature of the body. Without it none is checked."
    )
    signature_prefix: str = Field("", description="Stands before the signature.")
    algorithm: Literal["sha1", "sha256", "sha512"] | None = None
    keyed: bool = Field(True, description="HMAC; false: a plain hash.")
    encoding: Literal["hex", "base64"] | None = None
    user_defined_secret: bool = Field(False, description="The customer sets the secret.")
    query_params: tuple[Name, ...] = Field((), description="Parameters that must be passed on.")


class ApiPart(Entry):
    """What is known beyond authorization."""

    api: Api = Field(Api())
    post_connection: tuple[Lookup, ...] = Field((), description="Calls after authorization.")
    deletion: ProviderCall | None = Field(
        None,
        description="Call after a deletion where there is no RFC 7009 endpoint. 404 and 410 count "
        "as done.",
    )
    webhooks: Webhooks | None = None
