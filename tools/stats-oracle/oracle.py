"""Writes drawn inputs of `ratchet stats` with what must come out, one JSON object a line: `python oracle.py SEED NUMBER`.

`exact` is at forty digits (or by a second numerical method), `library` what scipy, statsmodels, numpy and mmh3 say.
"""

import json
import sys

import exact
import library
from draw import draw
from mpmath import mp

ONLY_LIBRARY = {"multiple_testing", "murmur3_utf8", "group_sequential_bounds"}


def plain(value):
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    if value is None or isinstance(value, (str, bool)):
        return value
    number = float(value)
    return number if mp.isfinite(number) else str(number)


def expected(group, given):
    try:
        by_library = plain(getattr(library, group)(**given)) if hasattr(library, group) else {}
    except Exception as error:
        by_library = {"failed": f"{type(error).__name__}: {error}"}
    if group in ONLY_LIBRARY:
        return {"exact": by_library, "library": {}}
    out = {"exact": plain(getattr(exact, group)(**given)), "library": by_library}
    if group == "msprt_normal_mixture":
        out["library"] = integral(given)
    return out


def integral(given):
    found = exact.msprt_normal_mixture(**given)
    d, s = found.get("diff", given.get("diff")), found.get("se2", given.get("se2"))
    return {"likelihood_ratio": plain(exact.mixture_by_integral(d, s, given["tau2"], given.get("theta0", 0)))}


def main(seed, number):
    for case in draw(seed, number):
        try:
            print(json.dumps({**case, **expected(case["group"], case["in"])}))
        except Exception as error:
            raise SystemExit(f"{json.dumps(case)}: {error!r}") from error


main(sys.argv[1], int(sys.argv[2]))
