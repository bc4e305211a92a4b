"""Writes reference.json: what River and scikit-learn answer on the examples of examples.ts, predict first, then learn.

    python3 -m venv .venv && .venv/bin/pip install river==0.26.1 scikit-learn==1.9.1 scipy==1.17.1
    .venv/bin/python test/learning/reference.py > test/learning/reference.json
"""
import json

import numpy as np
import river
import scipy
import sklearn
from river import drift, linear_model, naive_bayes, optim, preprocessing, tree
from scipy.stats import ks_2samp
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score


class Numbers:
    """The same numbers as in examples.ts: x ← (1,103,515,245 x + 12,345) mod 2^31, each as x ÷ 2^31."""

    def __init__(self, seed):
        self.x = seed

    def next(self):
        self.x = (1103515245 * self.x + 12345) % 2**31
        return self.x / 2**31


def examples(count):
    numbers, rows, labels = Numbers(42), [], []
    for n in range(count):
        row = [numbers.next() * 10 - 5, numbers.next() * 100, numbers.next(), numbers.next() * 2 - 1]
        turned = 1 if n < count // 2 else -1
        score = turned * row[0] / 2 + (row[1] - 50) / 30 + (numbers.next() - 0.5)
        rows.append(row)
        labels.append(1 if score > 0 else 0)
    return rows, labels


ROWS, LABELS = examples(1000)
DICTS = [{str(k): value for k, value in enumerate(row)} for row in ROWS]


def scores(model, labels=LABELS, proba=True):
    found = []
    for x, y in zip(DICTS, labels):
        found.append(model.predict_proba_one(x).get(1, 0.5) if proba else model.predict_one(x))
        model.learn_one(x, y)
    return found


def logistic(**options):
    return preprocessing.StandardScaler() | linear_model.LogisticRegression(**options)


def detections(detector, values):
    found = []
    for n, value in enumerate(values):
        detector.update(value)
        if detector.drift_detected:
            found.append(n)
    return found


numbers = Numbers(7)
errors = [1 if numbers.next() < (0.1 if n < 2000 else 0.4) else 0 for n in range(4000)]
reals = [numbers.next() * (1 if n < 2000 else 2) for n in range(4000)]
plain = scores(logistic(optimizer=optim.SGD(0.01)))
values = [2 * row[0] + row[1] / 10 for row in ROWS]
first, second = [row[0] for row in ROWS[:300]], [row[0] + 1 for row in ROWS[300:700]]
bayes = scores(naive_bayes.GaussianNB())
trees = scores(tree.HoeffdingTreeClassifier(grace_period=50, delta=1e-2, tau=0.05))

print(json.dumps({
    "made": {"with": "reference.py", "river": river.__version__, "sklearn": sklearn.__version__, "scipy": scipy.__version__},
    "logistic": plain[::50],
    "logisticL2": scores(logistic(optimizer=optim.SGD(0.05), l2=0.01, intercept_lr=0.05))[::50],
    "linear": scores(preprocessing.StandardScaler() | linear_model.LinearRegression(optimizer=optim.SGD(0.01)), values, False)[::50],
    "naiveBayes": bayes[50::50],
    "hoeffdingTree": {"accuracy": float(np.mean([(p > 0.5) == (y == 1) for p, y in zip(trees, LABELS)]))},
    "adwin": detections(drift.ADWIN(), errors),
    "adwinReals": detections(drift.ADWIN(delta=0.01), reals),
    "ddm": detections(drift.binary.DDM(warm_start=30), errors),
    "pageHinkley": detections(drift.PageHinkley(threshold=20, mode="up"), errors),
    "metrics": {
        "auc": roc_auc_score(LABELS, plain),
        "averagePrecision": average_precision_score(LABELS, plain),
        "logLoss": log_loss(LABELS, plain),
        "brier": brier_score_loss(LABELS, plain),
    },
    "kolmogorovSmirnov": {"distance": ks_2samp(first, second).statistic, "p": ks_2samp(first, second, method="asymp").pvalue},
}, indent=1))
