"""The provider's error codes and the body in which they come."""

# ruff: noqa: A002 (type and id are the protocol's words)

import base64
import secrets
from typing import Any

# code: (HTTP status, title), as Meta's page of error codes has them.
CODES: dict[int, tuple[int, str]] = {
    0: (401, "AuthException"),
    1: (400, "API Unknown"),
    2: (503, "API Service"),
    3: (500, "API Method"),
    4: (400, "Application request limit reached"),
    10: (403, "Application does not have permission for this action"),
    33: (400, "Parameter value is not valid"),
    100: (400, "Invalid parameter"),
    104: (400, "An access token is required to request this resource."),
    190: (401, "Error validating access token: Session has expired"),
    200: (403, "Permissions error"),
    368: (403, "Temporarily blocked for policies violations"),
    2200: (400, "Callback verification failed"),
    80007: (400, "Rate limit issues"),
    130429: (400, "Rate limit hit"),
    130472: (400, "User's number is part of an experiment"),
    131000: (500, "Something went wrong"),
    131005: (403, "Access denied"),
    131008: (400, "Required parameter is missing"),
    131009: (400, "Parameter value is not valid"),
    131016: (500, "Service unavailable"),
    131021: (400, "Recipient cannot be sender"),
    131026: (400, "Message undeliverable"),
    131030: (400, "Recipient phone number not in allowed list"),
    131031: (403, "Account has been locked"),
    131042: (400, "Business eligibility payment issue"),
    131047: (400, "Re-engagement message"),
    131048: (400, "Spam rate limit hit"),
    131049: (400, "This message was not delivered to maintain healthy ecosystem engagement."),
    131050: (400, "User has stopped marketing messages"),
    131051: (400, "Unsupported message type"),
    131052: (400, "Media download error"),
    131053: (400, "Media upload error"),
    131056: (400, "(Business Account, Consumer Account) pair rate limit hit"),
    131057: (500, "Account in maintenance mode"),
    131062: (400, "Business-scoped user ID is not supported for this message"),
    131064: (400, "Messaging limit reached"),
    132000: (400, "Number of parameters does not match the expected number of params"),
    132001: (404, "Template name does not exist in the translation"),
    132005: (400, "Translated text too long"),
    132007: (400, "Template format character policy violated"),
    132008: (400, "Template parameter value is not valid"),
    132012: (400, "Parameter format does not match format in the created template"),
    132015: (400, "Template is paused"),
    132016: (400, "Template is disabled"),
    132068: (400, "Flow is blocked"),
    132069: (400, "Flow is throttled"),
    133010: (400, "Phone number not registered"),
    135000: (400, "Generic user error"),
}

WINDOW_CLOSED = (
    "Message failed to send because more than 24 hours have passed since the customer last replied"
    " to this number."
)


class GraphError(Exception):
    """An answer of the Graph API that is an error."""

    def __init__(
        self,
        code: int,
        details: str = "",
        *,
        message: str | None = None,
        status: int | None = None,
        subcode: int | None = None,
        type: str = "OAuthException",
        user_title: str | None = None,
    ) -> None:
        known_status, title = CODES.get(code, (400, "Unknown error"))
        self.code = code
        self.details = details
        self.title = title
        self.message = message or f"(#{code}) {title}"
        self.status = status or known_status
        self.subcode = subcode
        self.type = type
        self.user_title = user_title
        super().__init__(f"{self.message} {details}")

    def body(self) -> dict[str, Any]:
        error: dict[str, Any] = {"message": self.message, "type": self.type, "code": self.code}
        if self.details:
            error["error_data"] = {"messaging_product": "whatsapp", "details": self.details}
        if self.subcode is not None:
            error["error_subcode"] = self.subcode
        if self.user_title:
            error["error_user_title"] = self.user_title
            error["error_user_msg"] = self.details or self.message
        trace = base64.urlsafe_b64encode(secrets.token_bytes(17)).decode().rstrip("=")
        return {"error": {**error, "fbtrace_id": trace}}


def missing(name: str) -> GraphError:
    return GraphError(131008, f"Parameter '{name}' is required.")


def invalid(details: str) -> GraphError:
    return GraphError(131009, details)


def no_such_object(object_id: str, verb: str = "get") -> GraphError:
    return GraphError(
        100,
        message=(
            f"Unsupported {verb} request. Object with ID '{object_id}' does not exist, cannot be loaded due to"
            " missing permissions, or does not support this operation. Please read the Graph API documentation at"
            " https://developers.facebook.com/docs/graph-api"
        ),
        subcode=33,
        type="GraphMethodException",
    )
