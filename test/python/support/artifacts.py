"""Artefacts that are made for a test: other models, and archives that must be refused."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from onnx import ModelProto, NodeProto, TensorProto, helper

LINK = tarfile.SYMTYPE


def sha256(content: bytes) -> str:
    """Digest as this platform writes it."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def archive(path: Path, members: Iterable[tuple[str, bytes]], links: Iterable[tuple[str, str]] = ()) -> str:
    """Writes a tar.gz with these members, whatever their names, and answers its digest."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as tar:
        for name, target in links:
            link = tarfile.TarInfo(name)
            link.type, link.linkname = LINK, target
            tar.addfile(link)
        for name, content in members:
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    packed = gzip.compress(raw.getvalue(), mtime=0)
    path.write_bytes(packed)
    return sha256(packed)


def members(path: Path) -> dict[str, bytes]:
    """The files of an archive."""
    with tarfile.open(path) as tar:
        return {item.name: stream.read() for item in tar if (stream := tar.extractfile(item)) is not None}


def graph(nodes: list[NodeProto], inputs: list[Any], outputs: list[Any]) -> bytes:
    """An ONNX graph as bytes."""
    made = helper.make_graph(nodes, "test", inputs, outputs)
    model: ModelProto = helper.make_model(made, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    return bytes(model.SerializeToString())


def value(name: str, kind: int, shape: list[str | int]) -> Any:
    """An input or output of a graph."""
    return helper.make_tensor_value_info(name, kind, shape)


def signed(weights: bytes, **signature: Any) -> list[tuple[str, bytes]]:
    """Members of an artefact: weights and the signature that names them."""
    content = {
        "schemaVersion": 1,
        "name": "other",
        "task": "regression",
        "file": {"path": "model.onnx", "digest": sha256(weights)},
        **signature,
    }
    return [("model.onnx", weights), ("signature.json", json.dumps(content).encode())]


def sum_model() -> list[tuple[str, bytes]]:
    """A regression: the sum of two unbounded columns, without classes and without confidence."""
    total = helper.make_node("ReduceSum", ["X", "axes"], ["total"], keepdims=0)
    axes = helper.make_node("Constant", [], ["axes"], value=helper.make_tensor("axes", TensorProto.INT64, [1], [1]))
    weights = graph(
        [axes, total], [value("X", TensorProto.FLOAT, ["n", 2])], [value("total", TensorProto.FLOAT, ["n"])]
    )
    return signed(
        weights,
        inputs=[
            {"name": "X", "datatype": "FP32", "shape": [-1, 2], "fields": [{"name": "a"}, {"name": "b", "minimum": 0}]}
        ],
        outputs=[{"name": "total", "datatype": "FP32", "shape": [-1]}],
        predict={"path": "/price", "label": {"output": "total", "field": "price"}},
    )


def mixed_model() -> list[tuple[str, bytes]]:
    """Text and whole numbers in, the same out; no path of its own."""
    nodes = [helper.make_node("Identity", [name], [f"{name}_out"]) for name in ("words", "counts")]
    kinds = {"words": TensorProto.STRING, "counts": TensorProto.UINT8}
    weights = graph(
        nodes,
        [value(name, kind, ["n", 1]) for name, kind in kinds.items()],
        [value(f"{name}_out", kind, ["n", 1]) for name, kind in kinds.items()],
    )
    types = {"words": "BYTES", "counts": "UINT8"}
    return signed(
        weights,
        inputs=[{"name": name, "datatype": kind, "shape": [-1, 1]} for name, kind in types.items()],
        outputs=[{"name": f"{name}_out", "datatype": kind, "shape": [-1, 1]} for name, kind in types.items()],
    )


def root_model() -> list[tuple[str, bytes]]:
    """Square roots: not a number for a negative input, which the signature fails to forbid."""
    node = helper.make_node("Sqrt", ["X"], ["root"])
    weights = graph([node], [value("X", TensorProto.FLOAT, ["n", 1])], [value("root", TensorProto.FLOAT, ["n", 1])])
    tensor = {"datatype": "FP32", "shape": [-1, 1]}
    return signed(
        weights, inputs=[{"name": "X", **tensor, "fields": [{"name": "x"}]}], outputs=[{"name": "root", **tensor}]
    )
