"""Random and extreme inputs for every group of `ratchet stats`; the same seed draws the same ones."""

import random


def counts(r, n=None):
    """Successes of n: anywhere, near both ends, and at them."""
    n = n or r.choice([1, 2, 3, 5, 10, 50, 100, 1000, 10**4, 10**6, 10**9, r.randint(1, 10**5)])
    x = r.choice([0, n, min(1, n), max(0, n - 1), r.randint(0, n), round(n * r.choice([0.001, 0.05, 0.5, 0.9, 0.999])), r.randint(0, n)])
    return x, n


def arms(r, names):
    if r.random() < 0.15:
        _, n = counts(r)
        one, other = counts(r, n), counts(r, n)
    else:
        one, other = counts(r), counts(r)
    return dict(zip(names, (*one, *other)))


def alpha(r, top=0.5):
    return r.choice([0.05, 0.01, 0.1, 0.001, 1e-6, 1e-10, r.uniform(1e-4, top * 0.98)])


def positive(r, low, high):
    """Log-uniform."""
    return 10 ** r.uniform(low, high)


def shares(r, k):
    return r.choice([[1] * k, [1 / k] * k, [r.uniform(0.01, 1) for _ in range(k)], [0.001] + [0.999 / (k - 1)] * (k - 1)])


def split(r, size, weights, skew=0.0):
    """Counts of a sample that follows the weights, and of one that does not."""
    total = sum(weights)
    out = []
    for at, w in enumerate(weights):
        mean = size * w / total * (1 + (skew if at == 0 else 0))
        out.append(max(0, round(r.gauss(mean, mean**0.5))))
    return out


def mismatch(r, with_concentration):
    k = r.choice([2, 2, 3, 5])
    weights = shares(r, k)
    given = {"counts": split(r, r.choice([0, 1, 20, 1000, 10**6, 10**9, 10**12]), weights, r.choice([0, 0, 0.001, 0.1, -0.5])), "weights": weights}
    if with_concentration and r.random() < 0.7:
        given["concentration"] = r.choice([1, 10, 100, 1000, 0.5, 1e6, 1e9])
    if not with_concentration and sum(given["counts"]) == 0:
        given["counts"][0] = 1
    return given


def looks(r):
    k = r.choice([1, 2, 3, 5, 8, 12, 20, 40])
    if r.random() < 0.5:
        fractions = [(i + 1) / k for i in range(k)]
    else:
        fractions = sorted({round(r.uniform(0.05, 1), 2) for _ in range(k)})
        if r.random() < 0.7:
            fractions[-1] = 1
    return {"information_fractions": fractions, "alpha": r.choice([0.05, 0.025, 0.01, 0.1, 0.001, 1e-5]), "spending": r.choice(["obf", "pocock", "power2"]), "sides": r.choice([1, 2])}


def welch(r):
    scale = positive(r, -8, 8)
    one = {"mean1": r.gauss(0, 1) * scale, "sd1": r.choice([1, 0.01, 100, r.random(), 0]) * scale, "n1": r.choice([2, 3, 30, 1000, 10**6, 10**9])}
    other = {"mean2": r.choice([one["mean1"] + r.gauss(0, 1) * scale, one["mean1"], r.gauss(0, 0.1) * scale]), "sd2": r.choice([1, 0.01, 100, r.random()]) * scale, "n2": r.choice([2, 3, 30, 1000, 10**6, 10**9])}
    return {**one, **other}


def series(r, k):
    kind = r.choice(["counts", "real", "offset"])
    if kind == "counts":
        return [float(r.randint(0, 9)) for _ in range(k)]
    base = 1e6 if kind == "offset" else 0
    return [base + r.gauss(0, 3) for _ in range(k)]


def ratio(r):
    n = [float(r.choice([1, 1, 2, 3, 5, 8, 50])) for _ in range(r.choice([2, 3, 10, 500]))]
    rate = r.choice([0, 1, 0.001, 0.5, 0.97])
    return {"numerator_per_unit": [float(sum(r.random() < rate for _ in range(int(m)))) for m in n], "denominator_per_unit": n}


def adjusted(r):
    k = r.choice([2, 3, 10, 300])
    x = series(r, k)
    noise = r.choice([0, 1e-6, 0.5, 5])
    return {"y": [r.choice([0.1, 2]) * 0 + 0.7 * v + r.gauss(0, 1) * noise for v in x], "x": x}


def sample_size(r):
    share = lambda: r.choice([r.uniform(0.001, 0.999), 0.5, 0.01, 0.99])
    given = {"n_baseline_over_n_candidate": r.choice([1, 2, 9, 99, 0.5]), "power": r.choice([0.8, 0.9, 0.5, 0.99, r.uniform(0.55, 0.999)])}
    if r.random() < 0.4:
        return {**given, "p": share(), "relative_margin": r.choice([0.05, 0.01, 0.5, r.uniform(0.005, 0.9)]), "alpha_one_sided": r.choice([0.05, 0.025, 0.001, 1e-8])}
    baseline = share()
    candidate = r.choice([share(), min(1, baseline * 1.05), baseline * 0.99, 0, 1])
    return {**given, "alpha": r.choice([0.05, 0.01, 0.2, 1e-4, 1e-10]), "p_baseline": baseline, "p_candidate": candidate if candidate != baseline else baseline / 2}


def text(r):
    alphabets = ["abcXYZ019:-_ ", "äöüßéñç", "你好世界", "😊🚀👩‍👩‍👧", "\u0000\u001f\u200b\ufeff", "рус", "עב"]
    return {"key": "".join(r.choice(r.choice(alphabets)) for _ in range(r.choice([0, 1, 2, 3, 4, 5, 7, 16, 33, 200])))}


def stages(r):
    rows = []
    for _ in range(r.choice([1, 2, 4, 6])):
        (xc, nc), (xb, nb) = counts(r, r.choice([1, 10, 500, 10**5])), counts(r, r.choice([1, 100, 10**6]))
        rows.append(r.choice([[xc, nc, xb, nb], [xc, nc, xb, nb], [0, 0, xb, nb]]))
    return {"stages_xc_nc_xb_nb": rows + [[3, 10, 40, 100]]}


def mixture(r):
    tau2 = positive(r, -8, 1)
    if r.random() < 0.5:
        se2 = positive(r, -10, 1)
        return {"diff": r.choice([0, r.gauss(0, 1), r.gauss(0, 3) * se2**0.5]), "se2": se2, "tau2": tau2, "theta0": r.choice([0, 0, r.gauss(0, 0.1)])}
    given = arms(r, ["xc", "nc", "xb", "nb"])
    if given["xc"] in (0, given["nc"]) and given["xb"] in (0, given["nb"]):
        given.update(xc=1, nc=3)
    return {**given, "tau2": tau2, **r.choice([{}, {"theta0": 0}, {"theta0": -0.01}])}


def p_values(r):
    m = r.choice([1, 2, 3, 10, 200])
    return {"p": [r.choice([0, 1, r.random(), 10 ** r.uniform(-30, 0), 0.05, 0.05]) for _ in range(m)]}


def e_process(r):
    q0 = r.choice([1e-6, 0.001, 0.01, 0.3, r.uniform(0.001, 0.8)])
    f, n = counts(r, r.choice([1, 10, 1000, 10**5]))
    return {"failures": r.choice([f, min(f, 3), 0]), "n": r.choice([n, n, 0]) if f == 0 else n, "q0": q0, "q1": q0 + (1 - q0) * r.choice([0.001, 0.01, 0.1, 0.9])}


def confidence_sequence(r):
    se = positive(r, -7, 1)
    return {"se": se, "n": r.choice([1, 50, 2000, 10**6, 10**9]), "nstar": r.choice([1, 500, 5000, 10**6]), "alpha": alpha(r), "estimate": r.choice([0, r.gauss(0, 3) * se, r.gauss(0, 40) * se])}


def decision(r):
    return {**arms(r, ["xc", "nc", "xb", "nb"]), "margin": r.choice([0.05, 0.02, 0.2, 0, 0.9]), "tau": positive(r, -3, 0), "alpha": alpha(r), "min_n": r.choice([0, 50, 1000])}


def discordant(r):
    top = r.choice([0, 1, 5, 50, 1000, 4000, 10**6])
    return {"old_right_new_wrong": r.randint(0, top), "old_wrong_new_right": r.choice([r.randint(0, top), 0, top])}


def safety(r):
    return {"threshold": r.choice([0.999, 0.99, 0.9, 0.5, 0.9999, 0.999999, 0.013, r.uniform(0.01, 0.9999)]), "confidence": r.choice([0.95, 0.99, 0.9, 0.5, 0.999999, r.uniform(0.01, 0.999)]), "failures": r.choice([0, 0, 1, 2, 5, 20, 150])}


def proportion(r):
    x, n = counts(r)
    return {"successes": x, "n": n}


DRAWS = {
    "two_prop_z_pooled": lambda r: {**arms(r, ["x1", "n1", "x2", "n2"]), **r.choice([{}, {"alternative": "two-sided"}, {"alternative": "larger"}, {"alternative": "smaller"}])},
    "two_prop_diff_intervals": lambda r: {**arms(r, ["x1", "n1", "x2", "n2"]), **r.choice([{}, {"alpha": 0.05}, {"alpha": alpha(r, 1)}])},
    "relative_noninferiority": lambda r: {**arms(r, ["xc", "nc", "xb", "nb"]), "margin": r.choice([0.05, 0.02, 0, 0.2, 0.9, r.uniform(0, 0.99)])},
    "welch_t": welch,
    "asymptotic_cs": confidence_sequence,
    "msprt_normal_mixture": mixture,
    "group_sequential_bounds": looks,
    "proportion_bounds": proportion,
    "safety_min_n": safety,
    "srm_chi_square": lambda r: mismatch(r, False),
    "srm_sequential": lambda r: mismatch(r, True),
    "bernoulli_e_process": e_process,
    "mcnemar": discordant,
    "multiple_testing": p_values,
    "sample_size": sample_size,
    "ratio_metric_delta": ratio,
    "cuped": adjusted,
    "stage_stratified_diff": stages,
    "proposed_stage_decision": decision,
    "murmur3_utf8": text,
}

# The oracle of these integrates, or sums long series.
SLOW = {"group_sequential_bounds": 8, "safety_min_n": 4, "welch_t": 4}


def draw(seed, number):
    for group, one in DRAWS.items():
        r = random.Random(f"{seed}:{group}")
        for at in range(number // SLOW.get(group, 1)):
            yield {"id": f"{group}.{at}", "group": group, "in": one(r)}
