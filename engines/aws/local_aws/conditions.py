"""Condition keys that the emulator does not know, and that policies of ours depend on.

Without them, a statement that names one is never true here: an `Allow` allows nothing, and a `Deny` is never enforced.
"""

import json
from typing import Any

Context = dict[str, Any]


def teach_condition_keys() -> None:
    """Adds the keys to what a policy sees of a request."""
    _teach_conditional_writes()
    _teach_body_keys()


def _teach_conditional_writes() -> None:
    """``s3:if-none-match`` and ``s3:ObjectCreationOperation`` of an upload.

    See https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
    """
    from ministack.core import iam_actions

    known = iam_actions._s3_object_context

    def context(iam_action: str, query: Context, path: str, headers: dict[str, str]) -> Context:
        found = known(iam_action, query, path, headers)
        if iam_action != "s3:PutObject":
            return found
        creates = "partNumber" not in query and "uploads" not in query
        found["s3:ObjectCreationOperation"] = "true" if creates else "false"
        if headers.get("if-none-match"):
            found["s3:if-none-match"] = headers["if-none-match"]
        return found

    iam_actions._s3_object_context = context


def _teach_body_keys() -> None:
    """``events:source`` and ``events:detail-type`` of published events, ``kms:SigningAlgorithm`` of a signature.

    See https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html
    and https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
    """
    from ministack.core import iam_actions

    known = iam_actions.request_tag_context

    def context(service: str, iam_action: str, body: bytes, params: Context) -> Context:
        found = known(service, iam_action, body, params)
        if iam_action == "events:PutEvents":
            entries = json.loads(body or b"{}").get("Entries", [])
            found |= _single("events:source", {entry.get("Source") for entry in entries})
            found |= _single("events:detail-type", {entry.get("DetailType") for entry in entries})
        elif iam_action in ("kms:Sign", "kms:Verify"):
            found |= _single("kms:SigningAlgorithm", {json.loads(body or b"{}").get("SigningAlgorithm")})
        return found

    iam_actions.request_tag_context = context


def _single(key: str, given: set[str | None]) -> Context:
    values = sorted(value for value in given if value)
    return {key: values[0] if len(values) == 1 else values} if values else {}
