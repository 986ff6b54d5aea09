"""Trains the iris classifier under the SageMaker training contract: `python -m training --root ROOT`."""
