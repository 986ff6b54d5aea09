"""A server for classical models as ONNX: Open Inference Protocol v2, and each model's own JSON path."""

__version__ = "0.1.0"
