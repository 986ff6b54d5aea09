"""The model's own JSON path: records by field names in, answers by field names out."""

from __future__ import annotations

from typing import Any

import numpy as np
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from predictor.checks import record
from predictor.engine import NUMPY_TYPES, Array, ModelFault
from predictor.problems import Findings
from predictor.service import Service
from predictor.signature import FieldSpec, PredictSpec, TensorSpec
from predictor.web import answer_id, read_json

INSTANCES = "instances"


def predict_router(service: Service, spec: PredictSpec) -> APIRouter:
    """The route that the signature declares.

    A record is answered with a flat object; `{"instances": [...]}` with `predictions` in the same order.
    """
    router = APIRouter(tags=["Model"])
    tensor = service.signature.record

    async def predict(request: Request) -> JSONResponse:
        body = await read_json(request, service.settings.max_body_bytes)
        batch = isinstance(body, dict) and INSTANCES in body
        rows = _batch(body, tensor, service.settings.max_batch) if batch else _single(body, tensor)
        outputs = await service.compute({tensor.name: np.asarray(rows, dtype=NUMPY_TYPES[tensor.datatype])})
        answers = _answers(spec, outputs)
        labels = [answer[spec.label.field] for answer in answers] if spec.label.classes else []
        service.metrics.predicted(len(rows), labels)
        content = {"predictions": answers} if batch else answers[0]
        return JSONResponse({**content, **service.identity.body, "id": answer_id(request)})

    schema = {"application/json": {"schema": _schema(tensor.fields or [])}}
    extra = {"requestBody": {"required": True, "content": schema}}
    router.add_api_route(spec.path, predict, methods=["POST"], openapi_extra=extra)
    return router


def _single(body: object, tensor: TensorSpec) -> list[list[float]]:
    findings = Findings()
    row = record(findings, "", tensor, body)
    findings.raise_if_any()
    return [row]


def _batch(body: dict[str, Any], tensor: TensorSpec, largest: int) -> list[list[float]]:
    findings = Findings()
    for name, value in body.items():
        if name != INSTANCES:
            findings.add(name, "unknown field", INSTANCES, value)
    records = body[INSTANCES]
    if not isinstance(records, list) or not 1 <= len(records) <= largest:
        given = f"{len(records)} records" if isinstance(records, list) else records
        findings.add(INSTANCES, "not a batch", f"a list of 1 to {largest} records", given)
        records = []
    rows = [record(findings, f"{INSTANCES}[{index}]", tensor, item) for index, item in enumerate(records)]
    findings.raise_if_any()
    return rows


def _answers(spec: PredictSpec, outputs: dict[str, Array]) -> list[dict[str, Any]]:
    labels = [_label(spec, value) for value in outputs[spec.label.output].reshape(-1).tolist()]
    answers: list[dict[str, Any]] = [{spec.label.field: label} for label in labels]
    if spec.confidence:
        for answer, value in zip(answers, outputs[spec.confidence.output].max(axis=1).tolist(), strict=True):
            answer[spec.confidence.field] = value
    return answers


def _label(spec: PredictSpec, value: Any) -> Any:
    classes = spec.label.classes
    if classes is None:
        return value
    if not 0 <= value < len(classes):
        raise ModelFault(f"the model answered class {value} of {len(classes)}")
    return classes[value]


def _schema(fields: list[FieldSpec]) -> dict[str, Any]:
    properties = {spec.name: _property(spec) for spec in fields}
    one = {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}
    many = {"type": "object", "properties": {INSTANCES: {"type": "array", "items": one, "minItems": 1}}}
    return {"oneOf": [one, {**many, "required": [INSTANCES], "additionalProperties": False}]}


def _property(spec: FieldSpec) -> dict[str, Any]:
    given = {"minimum": spec.minimum, "maximum": spec.maximum, "description": f"{spec.description} {spec.unit}".strip()}
    return {"type": "number"} | {name: value for name, value in given.items() if value is not None}
