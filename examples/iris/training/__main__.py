"""The training container's entry point."""

from __future__ import annotations

import sys

from common import dataset, package
from common.digest import digest_bytes
from common.files import read_json, write_json
from common.layout import Layout, run
from training import export, hyperparameters, lineage, tracking
from training.fit import fit


def train(layout: Layout) -> str:
    """Checks the data, trains, writes the model folder, and logs the run.

    Returns:
        One line for the job's log.
    """
    given = read_json(layout.hyperparameters) if layout.hyperparameters.is_file() else {}
    chosen = hyperparameters.parse(given)
    data = dataset.load(layout.training_dataset)
    fitted = fit(data, chosen)
    origin = lineage.lineage(data.descriptor, chosen)
    onnx = export.to_onnx_bytes(fitted.pipeline, len(data.descriptor.features))

    layout.model.mkdir(parents=True, exist_ok=True)
    (layout.model / export.MODEL_FILE).write_bytes(onnx)
    write_json(layout.model / "signature.json", export.signature(data.descriptor, onnx))
    write_json(layout.model / "lineage.json", origin)
    write_json(layout.model / "card.json", lineage.card(data.descriptor, chosen, fitted))

    digest = digest_bytes(package.pack(layout.model))
    run_id = tracking.track(tracking.Run(chosen.model_dump(), fitted.metrics, origin, digest, layout.model))
    facts = {
        "schemaVersion": 1,
        "artifactDigest": digest,
        "metrics": fitted.metrics,
        "mlflow": {"runId": run_id} if run_id else None,
    }
    write_json(layout.output_data / "training.json", facts)
    return f"trained {data.descriptor.name} on {len(data.training)} rows: {digest} {fitted.metrics}"


if __name__ == "__main__":
    sys.exit(run("Trains the iris classifier.", train))
