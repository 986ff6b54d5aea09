"""A server for classical models as ONNX: Open Inference Protocol v2, and each model's own JSON path."""

import os

# The official builds of ONNX Runtime since 1.29 write a device id and send model names and timings to their maker,
# unless this is set before the library is loaded.
# See https://github.com/microsoft/onnxruntime/pull/27379
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

__version__ = "0.1.0"
