"""The Open Inference Protocol, version 2, over HTTP.

See Also:
    https://kserve.github.io/website/docs/concepts/architecture/data-plane/v2-protocol
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from predictor.checks import tensor
from predictor.engine import Array
from predictor.metadata import add_health, add_metadata, known_model
from predictor.problems import Findings
from predictor.service import Service
from predictor.signature import TensorSpec
from predictor.web import ID_PATTERN, answer_id, read_json

Parameters = dict[str, str | int | float | bool]


class InputTensor(BaseModel):
    """A tensor of a request."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: str
    shape: Annotated[list[Annotated[int, Field(ge=1)]], Field(min_length=1, max_length=8)]
    datatype: str
    parameters: Parameters = {}
    data: list[Any]


class RequestedOutput(BaseModel):
    """An output that the caller wants."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: str
    parameters: Parameters = {}


class InferenceRequest(BaseModel):
    """The body of a request."""

    model_config = ConfigDict(extra="forbid", strict=True)

    id: Annotated[str, Field(pattern=f"^{ID_PATTERN.pattern}$")] | None = None
    parameters: Parameters = {}
    inputs: Annotated[list[InputTensor], Field(min_length=1)]
    outputs: list[RequestedOutput] | None = None


def protocol_router(service: Service) -> APIRouter:
    """Health, metadata and inference."""
    router = APIRouter(tags=["Open Inference Protocol v2"])
    add_health(router, service)
    add_metadata(router, service)

    async def infer(request: Request, model: str, version: str | None = None) -> JSONResponse:
        known_model(service, model, version)
        body = await read_json(request, service.settings.max_body_bytes)
        asked, feeds = _checked(service, body)
        outputs = await service.compute(feeds)
        service.metrics.predicted(next(iter(feeds.values())).shape[0], _labels(service, outputs))
        answer = {
            "model_name": service.identity.model,
            "model_version": service.identity.version,
            "id": asked.id or answer_id(request),
            "parameters": service.identity.parameters,
            "outputs": [_output(spec, outputs[spec.name]) for spec in _wanted(service, asked)],
        }
        return JSONResponse(answer)

    body = {"required": True, "content": {"application/json": {"schema": InferenceRequest.model_json_schema()}}}
    for path in ("/v2/models/{model}/infer", "/v2/models/{model}/versions/{version}/infer"):
        router.add_api_route(path, infer, methods=["POST"], openapi_extra={"requestBody": body})
    return router


def _checked(service: Service, body: object) -> tuple[InferenceRequest, dict[str, Array]]:
    findings = Findings()
    try:
        asked = InferenceRequest.model_validate(body)
    except ValidationError as error:
        for found in error.errors():
            findings.add(_where(found["loc"]), "not as the protocol has it", found["msg"], found["input"])
        findings.raise_if_any()
        raise
    feeds = _feeds(findings, service, asked)
    known = [spec.name for spec in service.signature.outputs]
    for index, output in enumerate(asked.outputs or []):
        if output.name not in known:
            findings.add(f"outputs[{index}].name", "unknown output", ", ".join(known), output.name)
    findings.raise_if_any()
    return asked, feeds


def _feeds(findings: Findings, service: Service, asked: InferenceRequest) -> dict[str, Array]:
    specs = {spec.name: spec for spec in service.signature.inputs}
    feeds: dict[str, Array] = {}
    for index, given in enumerate(asked.inputs):
        where = f"inputs[{index}]"
        spec = specs.pop(given.name, None)
        if spec is None:
            allowed = ", ".join(item.name for item in service.signature.inputs)
            findings.add(f"{where}.name", "unknown input, or given twice", f"{allowed}, once each", given.name)
        elif _described(findings, where, spec, given, service.settings.max_batch):
            value = tensor(findings, where, spec, given.shape, given.data)
            if value is not None:
                feeds[spec.name] = value
    for name in specs:
        findings.add("inputs", "input is missing", name, [item.name for item in asked.inputs])
    if len({value.shape[0] for value in feeds.values()}) > 1:
        sizes = {name: value.shape[0] for name, value in feeds.items()}
        findings.add("inputs", "different numbers of records", "the same first dimension everywhere", sizes)
    return feeds


def _described(findings: Findings, where: str, spec: TensorSpec, given: InputTensor, largest: int) -> bool:
    before = findings.total
    if given.datatype != spec.datatype:
        findings.add(f"{where}.datatype", "another datatype", spec.datatype, given.datatype)
    if len(given.shape) != len(spec.shape) or given.shape[1:] != spec.shape[1:]:
        findings.add(f"{where}.shape", "another shape", f"{spec.shape}, -1 for the number of records", given.shape)
    elif given.shape[0] > largest:
        findings.add(f"{where}.shape", "too many records", f"1 to {largest} records", given.shape[0])
    return findings.total == before


def _wanted(service: Service, asked: InferenceRequest) -> list[TensorSpec]:
    if not asked.outputs:
        return service.signature.outputs
    names = {output.name for output in asked.outputs}
    return [spec for spec in service.signature.outputs if spec.name in names]


def _labels(service: Service, outputs: dict[str, Array]) -> list[str]:
    predict = service.signature.predict
    if predict is None or predict.label.classes is None:
        return []
    return [predict.label.classes[int(index)] for index in outputs[predict.label.output].reshape(-1)]


def _output(spec: TensorSpec, value: Array) -> dict[str, Any]:
    return {
        "name": spec.name,
        "datatype": spec.datatype,
        "shape": list(value.shape),
        "data": value.reshape(-1).tolist(),
    }


def _where(location: tuple[int | str, ...]) -> str:
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    return text.removeprefix(".") or "body"
