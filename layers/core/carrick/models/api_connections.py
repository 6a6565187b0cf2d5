"""Bodies of ``/connections…`` (contract §7.5, §7.6)."""

from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from carrick.models.api_sessions import EndUser, Organization, Tags
from carrick.models.fields import Body, ConnectionId, UniqueKey, Url


class WhoConnects(Body):
    """Whose a connection is."""

    end_user: EndUser | None = None
    organization: Organization | None = None

    @model_validator(mode="after")
    def _belongs_to_somebody(self) -> Self:
        if self.organization is not None and self.end_user is None:
            raise ValueError("Send end_user with organization")
        return self

    def stored_end_user(self) -> dict[str, Any] | None:
        """The end user as it is kept, with the organization in it."""
        if self.end_user is None:
            return None
        organization = {}
        if self.organization is not None:
            organization = {"organization": self.organization.model_dump(exclude_none=True)}
        return {**self.end_user.stored(), **organization}


class UpdateConnection(WhoConnects):
    """``PATCH /connections/{id}``. ``tags`` replaces all; an empty URL removes the override."""

    tags: Tags | None = None
    webhook_url_override: Url | None = None


class ChangeMetadata(Body):
    """``POST`` and ``PATCH /connections/metadata``."""

    connection_id: ConnectionId | Annotated[list[ConnectionId], Field(min_length=1, max_length=100)]
    provider_config_key: UniqueKey
    metadata: dict[str, Any]

    def connection_ids(self) -> list[str]:
        return [self.connection_id] if isinstance(self.connection_id, str) else self.connection_id
