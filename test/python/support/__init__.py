"""Helpers of the Python tests: jobs, servers and artefacts."""
