"""The evaluation container's entry point."""

from __future__ import annotations

import sys

import numpy as np

from common import dataset
from common.files import write_json
from common.layout import Layout, run
from common.problems import refuse
from evaluation.evidence import evidence, predictions
from evaluation.model import open_model


def evaluate(layout: Layout) -> str:
    """Checks dataset and artefact, answers every held-out row, and writes the evidence.

    Returns:
        One line for the job's log.
    """
    data = dataset.load(layout.evaluation_dataset)
    model = open_model(layout.evaluated_model)
    classes = data.descriptor.label.classes
    if model.classes != classes:
        what = "not the classes of the dataset"
        raise refuse("signature.json: classes", what, ", ".join(classes), ", ".join(model.classes))
    answers = model.answer(np.asarray([row.values for row in data.held_out], dtype=np.float32))
    content = evidence(data, model, answers)
    write_json(layout.evidence / "evidence.json", content)
    write_json(layout.evidence / "predictions.json", predictions(data, model, answers))
    return f"evaluated {model.digest} on {len(data.held_out)} held-out rows: {content['metrics']}"


if __name__ == "__main__":
    sys.exit(run("Evaluates a packed iris model on held-out rows.", evaluate))
