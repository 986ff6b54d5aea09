"""Puts the routes together."""

from __future__ import annotations

from fastapi import FastAPI, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from predictor.predict import predict_router
from predictor.protocol import protocol_router
from predictor.service import Service
from predictor.web import add_error_answers


def create_app(service: Service) -> FastAPI:
    """The routes of a loaded model.

    The interactive documentation pages are off, because they load scripts from elsewhere; `/openapi.json` is on.
    """
    identity = service.identity
    app = FastAPI(title=identity.model, version=identity.version, docs_url=None, redoc_url=None)
    add_error_answers(app)
    app.include_router(protocol_router(service))
    if service.signature.predict:
        app.include_router(predict_router(service, service.signature.predict))

    @app.get("/metrics", include_in_schema=False)
    async def metrics() -> Response:
        return Response(generate_latest(service.metrics.registry), media_type=CONTENT_TYPE_LATEST)

    return app
