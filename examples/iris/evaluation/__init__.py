"""Measures a packed iris model on held-out rows under the SageMaker processing contract: `python -m evaluation`."""
