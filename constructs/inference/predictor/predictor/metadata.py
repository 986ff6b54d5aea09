"""Health and metadata of the Open Inference Protocol."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from predictor import __version__
from predictor.problems import Refused
from predictor.service import Service
from predictor.signature import TensorSpec


def add_health(router: APIRouter, service: Service) -> None:
    """Whether the process lives, and whether it takes traffic."""

    @router.get("/v2/health/live")
    async def live() -> dict[str, bool]:
        return {"live": True}

    @router.get("/v2/health/ready")
    async def ready() -> JSONResponse:
        return JSONResponse({"ready": not service.draining}, 503 if service.draining else 200)


def add_metadata(router: APIRouter, service: Service) -> None:
    """What the server and its model are."""

    @router.get("/v2")
    async def server() -> dict[str, Any]:
        return {"name": "groundplane-predictor", "version": __version__, "extensions": []}

    async def metadata(model: str, version: str | None = None) -> dict[str, Any]:
        known_model(service, model, version)
        signature = service.signature
        return {
            "name": service.identity.model,
            "versions": [service.identity.version],
            "platform": "onnx_onnxv1",
            "inputs": [_metadata(spec) for spec in signature.inputs],
            "outputs": [_metadata(spec) for spec in signature.outputs],
            "parameters": service.identity.parameters,
        }

    async def model_ready(model: str, version: str | None = None) -> JSONResponse:
        known_model(service, model, version)
        answer = {"name": service.identity.model, "ready": not service.draining}
        return JSONResponse(answer, 503 if service.draining else 200)

    for path in ("/v2/models/{model}", "/v2/models/{model}/versions/{version}"):
        router.add_api_route(path, metadata, methods=["GET"])
        router.add_api_route(f"{path}/ready", model_ready, methods=["GET"])


def known_model(service: Service, model: str, version: str | None) -> None:
    """Checks that the address names what is here.

    Raises:
        Refused: With status 404.
    """
    identity = service.identity
    if model != identity.model:
        raise Refused(404, "UnknownModel", f"no model {model!r} here, this server has {identity.model!r}")
    if version not in (None, identity.version):
        raise Refused(404, "UnknownVersion", f"no version {version!r} of {model!r} here, only {identity.version!r}")


def _metadata(spec: TensorSpec) -> dict[str, Any]:
    return {"name": spec.name, "datatype": spec.datatype, "shape": spec.shape}
