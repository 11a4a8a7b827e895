"""The same groups by scipy, statsmodels, numpy and mmh3, in double precision, and Lan-DeMets bounds by Gauss-Legendre quadrature."""

import math
import warnings

import mmh3
import numpy as np
from scipy import optimize, stats
from scipy.special import gammaln
from statsmodels.stats import contingency_tables, multitest, power, proportion

warnings.simplefilter("ignore")
np.seterr(all="ignore")


def two_prop_z_pooled(x1, n1, x2, n2, alternative="two-sided"):
    z, p = proportion.proportions_ztest([x1, x2], [n1, n2], alternative=alternative)
    return {"z": z, "p": p}


def two_prop_diff_intervals(x1, n1, x2, n2, alpha=0.05):
    test = proportion.test_proportions_2indep(x1, n1, x2, n2, method="wald", compare="diff")
    out = {"z_unpooled": test.statistic, "p": test.pvalue}
    for name, method in (("wald", "wald"), ("agresti_caffo", "agresti-caffo"), ("newcomb", "newcomb")):
        low, high = proportion.confint_proportions_2indep(x1, n1, x2, n2, method=method, compare="diff", alpha=alpha)
        out |= {f"{name}_lo": low, f"{name}_hi": high}
    return out


def relative_noninferiority(xc, nc, xb, nb, margin):
    test = proportion.test_proportions_2indep(xc, nc, xb, nb, value=1 - margin, compare="ratio", method="score", alternative="larger", correction=False)
    return {"score_z_ratio": test.statistic, "score_p_noninferior": test.pvalue}


def welch_t(mean1, sd1, n1, mean2, sd2, n2):
    test = stats.ttest_ind_from_stats(mean1, sd1, n1, mean2, sd2, n2, equal_var=False)
    return {"t": test.statistic, "p": test.pvalue}


def proportion_bounds(successes, n):
    (wl, wh), (cl, ch) = (proportion.proportion_confint(successes, n, 0.05, method) for method in ("wilson", "beta"))
    one = {f"{name}_one_sided95_lo": proportion.proportion_confint(successes, n, 0.1, method)[0] for name, method in (("wilson", "wilson"), ("clopper", "beta"))}
    return {"wilson95_lo": wl, "wilson95_hi": wh, "clopper95_lo": cl, "clopper95_hi": ch, **one}


def srm_chi_square(counts, weights):
    expected = np.array(weights) / sum(weights) * sum(counts)
    test = stats.chisquare(counts, expected * (sum(counts) / expected.sum()))
    return {"chi2": test.statistic, "p": test.pvalue, "srm_at_0_001": bool(test.pvalue < 0.001)}


def srm_sequential(counts, weights, concentration=100):
    w, x = np.array(weights) / sum(weights), np.array(counts, dtype=float)
    if x.sum() * concentration > 1e9:
        return {}
    log_b = gammaln(concentration) - gammaln(concentration + x.sum()) + (gammaln(concentration * w + x) - gammaln(concentration * w) - x * np.log(w)).sum()
    return {"log_bayes_factor": log_b}


def mcnemar(old_right_new_wrong, old_wrong_new_right):
    table = [[0, old_right_new_wrong], [old_wrong_new_right, 0]]
    corrected = contingency_tables.mcnemar(table, exact=False, correction=True)
    return {"p_exact": contingency_tables.mcnemar(table, exact=True).pvalue, "chi2_corrected": corrected.statistic, "p_corrected": corrected.pvalue}


def multiple_testing(p):
    return {name: multitest.multipletests(p, method=method)[1].tolist() for name, method in (("holm", "holm"), ("bh", "fdr_bh"), ("bonferroni", "bonferroni"))}


def sample_size(power, n_baseline_over_n_candidate=1, p=None, alpha=None, p_baseline=None, p_candidate=None, **_):
    if p is not None:
        return {}
    h = proportion.proportion_effectsize(p_candidate, p_baseline)
    # Its solver stops at a relative error of about 1e-8 for large samples.
    n = power_of().solve_power(effect_size=h, alpha=alpha, power=power, ratio=n_baseline_over_n_candidate)
    return {"n_candidate_cohen_h": n}


def power_of():
    return power.NormalIndPower()


def ratio_metric_delta(numerator_per_unit, denominator_per_unit):
    y, n = np.array(numerator_per_unit), np.array(denominator_per_unit)
    return {"ratio": y.sum() / n.sum(), "se": np.sqrt(((y - y.sum() / n.sum() * n) ** 2).sum() / (len(y) - 1) / len(y)) / n.mean()}


def cuped(y, x):
    theta = np.cov(y, x)[0, 1] / np.var(x, ddof=1)
    adjusted = np.array(y) - theta * (np.array(x) - np.mean(x))
    return {"theta": theta, "var_y": np.var(y, ddof=1), "var_adjusted": np.var(adjusted, ddof=1), "correlation": np.corrcoef(y, x)[0, 1]}


def murmur3_utf8(key):
    return {"murmur3_x86_32_utf8": mmh3.hash(key.encode(), 0, signed=False)}


def safety_min_n(threshold, confidence, failures):
    lower = lambda n: stats.beta.ppf(1 - confidence, n - failures, failures + 1)
    low, high = failures, failures + 1
    while not lower(high) > threshold:
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if lower(middle) > threshold else (middle, high)
    return {"min_n": high}


def spent(spending, t, a):
    if spending == "obf":
        return 2 * stats.norm.sf(stats.norm.isf(a / 2) / math.sqrt(t))
    return a * math.log(1 + (math.e - 1) * t) if spending == "pocock" else a * t * t


NODES, WEIGHTS = np.polynomial.legendre.leggauss(16)


def panels(low, high, width):
    edges = np.linspace(low, high, max(2, int((high - low) / width) + 2))
    half = np.diff(edges)[:, None] / 2
    return ((edges[:-1, None] + half) + half * NODES).ravel(), (half * WEIGHTS).ravel()


def group_sequential_bounds(information_fractions, alpha, spending, sides):
    """The first-crossing probability at each look by Gauss-Legendre panels over z sqrt(t), each bound by Brent's method."""
    a, bounds, done, grid = alpha / sides, [], 0.0, None
    for look, t in enumerate(information_fractions):
        total = spent(spending, t, a)
        new, done = total - done, total
        step = t - (information_fractions[look - 1] if look else 0)
        if grid is None:
            bound = stats.norm.isf(new)
        else:
            x, mass = grid
            crossing = lambda b: math.log(max((mass * stats.norm.sf((b * math.sqrt(t) - x) / math.sqrt(step))).sum(), 1e-320)) - math.log(new)
            bound = optimize.brentq(crossing, -8, 36, xtol=1e-12)
        bounds.append(bound)
        after = information_fractions[look + 1] - t if look + 1 < len(information_fractions) else step
        reach = min(bound, 14) * math.sqrt(t)
        to, weights = panels(-reach if sides == 2 else -14 * math.sqrt(t), reach, 1.2 * math.sqrt(min(step, after)))
        if grid is None:
            density = stats.norm.pdf(to, scale=math.sqrt(t))
        else:
            density = (stats.norm.pdf(to[:, None], loc=x, scale=math.sqrt(step)) * mass).sum(axis=1)
        grid = (to, weights * density)
    return {"z_bounds": bounds}
