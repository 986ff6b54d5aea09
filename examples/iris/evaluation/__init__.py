"""Measures a packed iris model on held-out rows under the SageMaker processing contract: `python -m evaluation`."""

import os

# The official builds of ONNX Runtime since 1.29 write a device id and send model names and timings to their maker,
# unless this is set before the library is loaded.
# See https://github.com/microsoft/onnxruntime/pull/27379
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
