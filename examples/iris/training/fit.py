"""The model: a linear classifier over scaled columns, and how well it fits the rows it may see."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, log_loss
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from common.dataset import Dataset
from training.hyperparameters import Hyperparameters

FOLDS = 5


@dataclass(frozen=True)
class Fitted:
    """A trained pipeline and its metrics on the training rows. Held-out rows are not touched here."""

    pipeline: Pipeline
    metrics: dict[str, float]


def fit(dataset: Dataset, hyperparameters: Hyperparameters) -> Fitted:
    """Trains on the training rows.

    Linear algebra runs on one thread, because the order of summation, and so the last bits, depends on their number.
    """
    features = np.asarray([row.values for row in dataset.training], dtype=np.float32)
    labels = np.asarray([row.label for row in dataset.training], dtype=np.int64)
    names = [feature.name for feature in dataset.descriptor.features]
    with threadpool_limits(limits=1):
        pipeline = _pipeline(hyperparameters, hyperparameters.columns(names)).fit(features, labels)
        return Fitted(pipeline, _metrics(pipeline, features, labels, hyperparameters.seed))


def _pipeline(hyperparameters: Hyperparameters, columns: list[int]) -> Pipeline:
    return Pipeline(
        [
            ("select", ColumnTransformer([("features", "passthrough", columns)])),
            ("scale", StandardScaler()),
            ("classify", LogisticRegression(C=hyperparameters.C, max_iter=hyperparameters.max_iter)),
        ]
    )


def _metrics(
    pipeline: Pipeline, features: NDArray[np.float32], labels: NDArray[np.int64], seed: int
) -> dict[str, float]:
    folds = StratifiedKFold(n_splits=FOLDS, shuffle=True, random_state=seed)
    validation = cross_val_score(pipeline, features, labels, cv=folds, scoring="accuracy")
    return {
        "trainingAccuracy": round(float(accuracy_score(labels, pipeline.predict(features))), 6),
        "trainingLogLoss": round(float(log_loss(labels, pipeline.predict_proba(features))), 6),
        "crossValidationAccuracy": round(float(validation.mean()), 6),
    }
