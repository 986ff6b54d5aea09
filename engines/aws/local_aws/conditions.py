"""Condition keys of S3 that the emulator does not know, and that policies of ours depend on."""

from typing import Any


def teach_conditional_writes() -> None:
    """Adds ``s3:if-none-match`` and ``s3:ObjectCreationOperation`` to what a policy sees of an upload.

    Without them, a policy that refuses overwriting uploads would never be enforced here.
    See https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
    """
    from ministack.core import iam_actions

    known = iam_actions._s3_object_context

    def context(iam_action: str, query: dict[str, Any], path: str, headers: dict[str, str]) -> dict[str, Any]:
        found = known(iam_action, query, path, headers)
        if iam_action != "s3:PutObject":
            return found
        creates = "partNumber" not in query and "uploads" not in query
        found["s3:ObjectCreationOperation"] = "true" if creates else "false"
        if headers.get("if-none-match"):
            found["s3:if-none-match"] = headers["if-none-match"]
        return found

    iam_actions._s3_object_context = context
