"""K-means of scikit-learn on the vectors that the benchmark wrote: one JSON task a line in, one JSON result a line out."""
import json
import os
import sys
import time

import numpy
import sklearn
from sklearn.cluster import KMeans, MiniBatchKMeans

print(json.dumps({"version": sklearn.__version__}), flush=True)
for line in sys.stdin:
    task = json.loads(line)
    points = numpy.fromfile(task["file"], dtype=numpy.float32).reshape(-1, task["dims"])
    kind = {"KMeans": KMeans, "MiniBatchKMeans": MiniBatchKMeans}[task["kind"]]
    options = {"batch_size": 4096} if kind is MiniBatchKMeans else {}
    before, started = os.times(), time.perf_counter()
    found = kind(n_clusters=task["k"], n_init=task.get("starts", 1), random_state=task["seed"], **options).fit(points)
    after = os.times()
    result = {"inertia": float(found.inertia_), "cpuS": after.user + after.system - before.user - before.system, "wallS": time.perf_counter() - started, "iterations": int(found.n_iter_)}
    if task.get("labels"):
        result["labels"] = found.labels_.tolist()
    print(json.dumps(result), flush=True)
