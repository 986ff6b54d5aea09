"""The run in MLflow: parameters, metrics, tags, the dataset as input, and the model folder as artefact."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common.problems import refuse

EXPERIMENT = "iris"

CLIENT_DEFAULTS = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    # The client's own default is 7 retries with growing pauses: minutes until a dead server is noticed.
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
}


@dataclass(frozen=True)
class Run:
    """What a training run tells the tracking server."""

    parameters: Mapping[str, Any]
    metrics: Mapping[str, float]
    lineage: Mapping[str, Any]
    artifact_digest: str
    model: Path


def track(run: Run) -> str | None:
    """Logs the run and returns its id, or nothing where `MLFLOW_TRACKING_URI` is not set.

    The address is a server's, or the ARN of a SageMaker MLflow app, whose calls the `sagemaker-mlflow` plug-in signs.

    Raises:
        RefusedInput: The server did not take the run. A model whose origin cannot be traced is not produced.
    """
    uri = os.environ.get("MLFLOW_TRACKING_URI")
    if not uri:
        return None
    for name, value in CLIENT_DEFAULTS.items():
        os.environ.setdefault(name, value)
    if not uri.startswith("arn:"):
        # At every call the SageMaker plug-in tries to read an ARN from the address, and warns that there is none.
        logging.getLogger("mlflow.tracking.request_header.registry").setLevel(logging.ERROR)
    from mlflow import MlflowClient
    from mlflow.exceptions import MlflowException

    try:
        return _log(MlflowClient(tracking_uri=uri), run)
    except MlflowException as error:
        what = "the tracking server did not take the run"
        raise refuse("MLFLOW_TRACKING_URI", what, "a reachable MLflow server", f"{uri}: {error}") from error


def _log(client: Any, run: Run) -> str:
    from mlflow.entities import Dataset, DatasetInput, Metric, Param, RunTag

    name = os.environ.get("MLFLOW_EXPERIMENT_NAME", EXPERIMENT)
    experiment = client.get_experiment_by_name(name)
    experiment_id = experiment.experiment_id if experiment else client.create_experiment(name)
    dataset = run.lineage["dataset"]
    info = client.create_run(experiment_id, run_name=run.artifact_digest[7:19]).info
    run_id: str = info.run_id
    try:
        client.log_batch(
            run_id,
            metrics=[Metric(key, value, timestamp=info.start_time, step=0) for key, value in run.metrics.items()],
            params=[Param(key, str(value)) for key, value in run.parameters.items()],
            tags=[RunTag(key, value) for key, value in _tags(run).items()],
        )
        source = Dataset(
            name=f"{dataset['name']}@{dataset['version']}",
            digest=dataset["digest"][7:43],
            source_type="groundplane",
            source=f'{{"digest":"{dataset["digest"]}"}}',
        )
        client.log_inputs(run_id, datasets=[DatasetInput(source)])
        client.log_artifacts(run_id, str(run.model), "model")
    except BaseException:
        client.set_terminated(run_id, "FAILED")
        raise
    client.set_terminated(run_id, "FINISHED")
    return run_id


def _tags(run: Run) -> dict[str, str]:
    dataset, environment = run.lineage["dataset"], run.lineage["environment"]
    return {
        "model.name": run.lineage["model"]["name"],
        "artifact.digest": run.artifact_digest,
        "dataset.name": dataset["name"],
        "dataset.version": dataset["version"],
        "dataset.digest": dataset["digest"],
        "code.digest": run.lineage["code"]["digest"],
        "environment.lockDigest": environment["lockDigest"],
        "environment.python": environment["python"],
    }
