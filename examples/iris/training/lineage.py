"""Where a model comes from, as data beside the weights. No times and no host names: a rerun gives the same bytes."""

from __future__ import annotations

import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

from common.dataset import Descriptor
from common.digest import digest_file, digest_sources
from training.fit import Fitted
from training.hyperparameters import Hyperparameters

HERE = Path(__file__).resolve().parent
LOCK = HERE.parent / "requirements.txt"
LIBRARIES = ("numpy", "onnx", "onnxruntime", "scikit-learn", "scipy", "skl2onnx")


def lineage(descriptor: Descriptor, hyperparameters: Hyperparameters) -> dict[str, Any]:
    """Dataset, code, environment and parameters, each by version and digest."""
    return {
        "schemaVersion": 1,
        "model": {"name": descriptor.name},
        "dataset": {
            "name": descriptor.name,
            "version": descriptor.version,
            "digest": descriptor.file.digest,
            "split": descriptor.split.model_dump(by_alias=True),
        },
        "code": {"digest": digest_sources(HERE, HERE.parent / "common")},
        "environment": {
            "lockDigest": digest_file(LOCK),
            "python": platform.python_version(),
            "libraries": {name: version(name) for name in LIBRARIES},
        },
        "hyperparameters": hyperparameters.model_dump(exclude={"seed"}),
        "seed": hyperparameters.seed,
    }


def card(descriptor: Descriptor, hyperparameters: Hyperparameters, fitted: Fitted) -> dict[str, Any]:
    """The model card, in the schema of SageMaker Model Cards.

    See Also:
        https://docs.aws.amazon.com/sagemaker/latest/dg/model-cards-json-schema.html
    """
    rows = len(descriptor.label.classes) * descriptor.split.training_per_class
    return {
        "model_overview": {
            "model_name": descriptor.name,
            "model_description": "Names the species of an iris flower from four measurements.",
            "problem_type": "Multiclass classification",
            "algorithm_type": "Logistic regression on standardised columns",
            "model_owner": descriptor.owner,
        },
        "intended_uses": {
            "purpose_of_model": "Sample of the platform: the whole life of a classical model on real data.",
            "intended_uses": "Demonstration and tests. Not for botanical identification.",
            "factors_affecting_model_efficiency": "Versicolor and virginica overlap; measurements are in centimetres.",
            "risk_rating": "Low",
            "explanations_for_risk_rating": "No personal data; no decision about a person depends on the answer.",
        },
        "training_details": {
            "objective_function": {"function": {"function": "Minimize", "facet": "Loss"}},
            "training_observations": f"Trained on {rows} rows; the others are held out by content hash.",
            "training_job_details": {
                "training_datasets": [f"{descriptor.name}@{descriptor.version} {descriptor.file.digest}"],
                "training_metrics": [{"name": k, "value": v} for k, v in sorted(fitted.metrics.items())],
                "hyper_parameters": [
                    {"name": k, "value": str(v)} for k, v in sorted(hyperparameters.model_dump().items())
                ],
            },
        },
        "additional_information": {
            "caveats_and_recommendations": "150 flowers of one region; values outside the declared bounds are refused.",
        },
    }
