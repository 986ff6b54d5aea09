"""What all routes have in common: the answer id, identity headers, limits, metrics, and one shape of error."""

from __future__ import annotations

import re
import time
import traceback
import uuid
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from pydantic_core import from_json
from starlette.exceptions import HTTPException

from predictor.engine import ModelFault
from predictor.log import Log
from predictor.problems import Problem, Refused, shown
from predictor.service import Service

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]

ID_PATTERN: Final = re.compile(r"[A-Za-z0-9._:-]{1,128}")
"""An id that a caller may choose. Anything else is replaced, because it ends up in headers and logs."""

ID_KEY: Final = "predictor.id"
ERROR_KEY: Final = "predictor.error"

RETRY_AFTER_SECONDS: Final = 1


def answer_id(request: Request) -> str:
    """The id of the answer to this request."""
    return str(request.scope[ID_KEY])


async def read_json(request: Request, limit: int) -> Any:
    """The body as JSON, within the size limit. Numbers that are not finite are no JSON.

    Raises:
        Refused: 413 too large, 415 another media type, 422 not JSON.
    """
    media = request.headers.get("content-type", "application/json").split(";")[0].strip().lower()
    if media != "application/json":
        problem = Problem("header content-type", "another media type", "application/json", shown(media))
        raise Refused(415, "UnsupportedMediaType", "the body must be JSON", [problem])
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            problem = Problem("body", "too large", f"at most {limit} bytes", f"more than {limit} bytes")
            raise Refused(413, "BodyTooLarge", "the body is too large", [problem], {"connection": "close"})
    try:
        return from_json(bytes(body), allow_inf_nan=False)
    except ValueError as error:
        problem = Problem("body", "not JSON", "UTF-8 JSON with finite numbers", str(error))
        raise Refused(422, "InvalidJson", "the body is not JSON", [problem]) from None


class Envelope:
    """The outermost layer. It sees every answer, also those that the framework gives by itself."""

    def __init__(self, app: App, service: Service, log: Log) -> None:
        self._app = app
        self._service = service
        self._log = log

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Passes a request on, and everything that is not a request untouched."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope[ID_KEY] = _chosen_id(scope) or str(uuid.uuid4())
        inference = scope["method"] == "POST"
        self._count(+1 if inference else 0)
        try:
            await self._answer(scope, receive, send, shed=inference and self._overloaded())
        finally:
            self._count(-1 if inference else 0)

    def _overloaded(self) -> bool:
        return self._service.in_flight > self._service.settings.max_in_flight

    def _count(self, change: int) -> None:
        self._service.in_flight += change
        self._service.metrics.in_flight(self._service.in_flight)

    async def _answer(self, scope: MutableMapping[str, Any], receive: Receive, send: Send, shed: bool) -> None:
        started = time.perf_counter()
        status = 0

        async def traced(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", []), *self._headers(scope)]
            await send(message)

        try:
            await (_shed if shed else self._app)(scope, receive, traced)
        except Exception as error:
            # The framework has answered 500 by now and passes the error on to be noted.
            self._log.write("error", "fault", id=scope[ID_KEY], error=repr(error), trace=traceback.format_exc())
            if status == 0:
                raise
        self._note(scope, status, time.perf_counter() - started)

    def _headers(self, scope: MutableMapping[str, Any]) -> list[tuple[bytes, bytes]]:
        closing = [(b"connection", b"close")] if self._service.draining else []
        return [*self._service.identity.headers, (b"x-request-id", scope[ID_KEY].encode()), *closing]

    def _note(self, scope: MutableMapping[str, Any], status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "other")
        error = scope.get(ERROR_KEY)
        inference = scope["method"] == "POST"
        if inference:
            self._service.metrics.answered(route, status, seconds)
            if error:
                self._service.metrics.failed(error)
        level = "info" if inference or error else "debug"
        fields = {"route": route, "status": status, "seconds": round(seconds, 6), "id": scope[ID_KEY]}
        self._log.write(level, "answered", **fields, **({"error": error} if error else {}))


async def _shed(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
    refused = Refused(
        503, "Overloaded", "too many requests in flight", headers={"retry-after": str(RETRY_AFTER_SECONDS)}
    )
    await _respond(scope, refused)(scope, receive, send)


def add_error_answers(app: FastAPI) -> None:
    """Gives every error the one shape, also those of the framework."""

    async def answer(request: Request, error: Exception) -> JSONResponse:
        return _respond(request.scope, _as_refused(error))

    for kind in (Refused, HTTPException, Exception):
        app.add_exception_handler(kind, answer)


def _as_refused(error: Exception) -> Refused:
    if isinstance(error, Refused):
        return error
    if isinstance(error, HTTPException):
        code = {404: "NotFound", 405: "MethodNotAllowed"}.get(error.status_code, "Refused")
        return Refused(error.status_code, code, str(error.detail), headers=error.headers)
    code = "ModelFault" if isinstance(error, ModelFault) else "Fault"
    return Refused(500, code, "the server failed; its log has the cause under this id")


def _respond(scope: MutableMapping[str, Any], error: Refused) -> JSONResponse:
    scope[ERROR_KEY] = error.code
    return JSONResponse({**error.body(), "id": scope[ID_KEY]}, error.status, headers=error.headers)


def _chosen_id(scope: MutableMapping[str, Any]) -> str | None:
    for name, value in scope["headers"]:
        if name == b"x-request-id":
            text: str = value.decode("latin-1")
            return text if ID_PATTERN.fullmatch(text) else None
    return None
