"""`python -m predictor`: configured by environment variables, see `settings.py`."""

from __future__ import annotations

import os
import sys
from dataclasses import asdict

from predictor.artifact import ArtifactRefused
from predictor.engine import BadModel
from predictor.log import Log
from predictor.server import CannotListen, serve
from predictor.service import load
from predictor.settings import BadSettings, from_environment
from predictor.signature import BadSignature

EXIT_CONFIGURATION = 78
"""EX_CONFIG: the environment is not a valid configuration."""

EXIT_ADDRESS = 71
"""EX_OSERR: the address cannot be listened on."""

EXIT_ARTIFACT = 65
"""EX_DATAERR: the artefact is not the released one, or is not fit to serve."""


def main() -> int:
    """Runs the server.

    Returns:
        The exit code of the process.
    """
    try:
        settings = from_environment(os.environ)
    except BadSettings as error:
        Log().write("error", "refused", code="BadSettings", problems=[asdict(problem) for problem in error.problems])
        return EXIT_CONFIGURATION
    log = Log(
        settings.log_level, model=settings.model_name, version=settings.model_version, digest=settings.model_digest
    )
    try:
        service = load(settings)
    except (ArtifactRefused, BadSignature, BadModel) as error:
        log.write("error", "refused", code=type(error).__name__, error=str(error))
        return EXIT_ARTIFACT
    try:
        serve(service, log)
    except CannotListen as error:
        log.write("error", "refused", code=type(error).__name__, error=str(error))
        return EXIT_ADDRESS
    return 0


if __name__ == "__main__":
    sys.exit(main())
