"""Closed forms at forty digits, and integrals in place of closed forms where there is one: independent of the double precision that is verified."""

import math

from mpmath import mp, mpf

mp.dps = 40
INF = float("inf")


def tail(z):
    """P(Z > z)."""
    if mp.isinf(z):
        return mpf(0) if z > 0 else mpf(1)
    return mp.erfc(z / mp.sqrt(2)) / 2


def quantile_upper(p):
    """The z with P(Z > z) = p, by Newton from double precision."""
    from scipy.stats import norm

    z = mpf(float(norm.isf(float(p))))
    for _ in range(4):
        z += (tail(z) - p) / mp.npdf(z)
    return z


def ratio(estimate, se):
    if estimate == 0:
        return mpf(0)
    return estimate / se if se != 0 else mp.inf * mp.sign(estimate)


def p_of(z, alternative):
    return {"larger": tail(z), "smaller": tail(-z), "two-sided": 2 * tail(abs(z))}[alternative]


def wilson(x, n, alpha):
    z, p = quantile_upper(mpf(alpha) / 2), mpf(x) / n
    centre, half = p + z * z / (2 * n), z * mp.sqrt(p * (1 - p) / n + z * z / (4 * mpf(n) ** 2))
    return (centre - half) / (1 + z * z / n), (centre + half) / (1 + z * z / n)


def wald(x1, n1, x2, n2, alpha):
    p1, p2 = mpf(x1) / n1, mpf(x2) / n2
    half = quantile_upper(mpf(alpha) / 2) * mp.sqrt(p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2)
    return p1 - p2 - half, p1 - p2 + half


def two_prop_z_pooled(x1, n1, x2, n2, alternative="two-sided"):
    p = mpf(x1 + x2) / (n1 + n2)
    z = ratio(mpf(x1) / n1 - mpf(x2) / n2, mp.sqrt(p * (1 - p) * (mpf(1) / n1 + mpf(1) / n2)))
    return {"z": z, "p": p_of(z, alternative)}


def two_prop_diff_intervals(x1, n1, x2, n2, alpha=0.05):
    p1, p2 = mpf(x1) / n1, mpf(x2) / n2
    z = ratio(p1 - p2, mp.sqrt(p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2))
    (l1, u1), (l2, u2) = wilson(x1, n1, alpha), wilson(x2, n2, alpha)
    (wl, wu), (al, au) = wald(x1, n1, x2, n2, alpha), wald(x1 + 1, n1 + 2, x2 + 1, n2 + 2, alpha)
    lower, upper = p1 - p2 - mp.hypot(p1 - l1, u2 - p2), p1 - p2 + mp.hypot(u1 - p1, p2 - l2)
    return {"z_unpooled": z, "p": p_of(z, "two-sided"), "wald_lo": wl, "wald_hi": wu, "agresti_caffo_lo": al, "agresti_caffo_hi": au, "newcomb_lo": lower, "newcomb_hi": upper}


def restricted(xc, nc, xb, nb, k):
    """The most likely baseline rate under pc = k pb, as the root of the likelihood's derivative."""
    a, b, c = k * (nc + nb), -(k * nc + nb + xc + k * xb), mpf(xc) + xb
    return (-b - mp.sqrt(max(mpf(0), b * b - 4 * a * c))) / (2 * a)


def relative_noninferiority(xc, nc, xb, nb, margin):
    k, pc, pb = 1 - mpf(margin), mpf(xc) / nc, mpf(xb) / nb
    d, se = pc - k * pb, mp.sqrt(pc * (1 - pc) / nc + k * k * pb * (1 - pb) / nb)
    z = ratio(d, se)
    r = restricted(xc, nc, xb, nb, k)
    score = ratio(d, mp.sqrt(k * r * (1 - k * r) / nc + k * k * r * (1 - r) / nb))
    return {"contrast": d, "se": se, "z": z, "p_noninferior": tail(z), "p_harm": tail(-z), "score_z_ratio": score, "score_p_noninferior": tail(score)}


def welch_t(mean1, sd1, n1, mean2, sd2, n2):
    v1, v2 = mpf(sd1) ** 2 / n1, mpf(sd2) ** 2 / n2
    t, df = (mpf(mean1) - mpf(mean2)) / mp.sqrt(v1 + v2), (v1 + v2) ** 2 / (v1**2 / (n1 - 1) + v2**2 / (n2 - 1))
    log_scale = mp.loggamma((df + 1) / 2) - mp.loggamma(df / 2) - mp.log(df * mp.pi) / 2
    density = lambda x: mp.exp(log_scale - (df + 1) / 2 * mp.log1p(x * x / df))
    with mp.workdps(25):
        # The mass between 0 and t needs no tail; a far tail has no mass worth a difference.
        a = abs(t)
        p = 1 - 2 * mp.quad(density, mp.linspace(0, a, 5)) if a < 3 else 2 * mp.quad(density, [a, 2 * a, 4 * a, 16 * a, 256 * a, mp.inf])
    return {"t": t, "df": df, "p": p}


def asymptotic_cs(se, n, nstar, alpha, estimate):
    se, alpha, d = mpf(se), mpf(alpha), mpf(estimate)
    rho = lambda level: mp.sqrt((-2 * mp.log(level) + mp.log(1 - 2 * mp.log(level))) / nstar)
    two, one = rho(alpha), rho(2 * alpha)
    width = lambda r, log: se * mp.sqrt(n) * mp.sqrt(2 * (n * r * r + 1) / (n * n * r * r) * log)
    q2, q1 = n * two**2 + 1, n * one**2 + 1
    p = mp.sqrt(q2) * mp.exp(-(two**2) * d * d * n / (2 * se * se * q2))
    return {"rho_two": two, "rho_one": one, "halfwidth_two": width(two, mp.log(mp.sqrt(q2) / alpha)), "halfwidth_one": width(one, mp.log(1 + mp.sqrt(q1) / (2 * alpha))), "p_two": min(mpf(1), p)}


def msprt_normal_mixture(tau2, theta0=0, diff=None, se2=None, xc=None, nc=None, xb=None, nb=None):
    out = {}
    d, s, tau2, theta0 = diff, se2, mpf(tau2), mpf(theta0)
    if xc is not None:
        pc, pb = mpf(xc) / nc, mpf(xb) / nb
        d, s = pc - pb, pc * (1 - pc) / nc + pb * (1 - pb) / nb
        out = {"diff": d, "se2": s}
    d, s = mpf(d), mpf(s)
    likelihood = mp.sqrt(s / (s + tau2)) * mp.exp(tau2 * (d - theta0) ** 2 / (2 * s * (s + tau2)))
    return {**out, "likelihood_ratio": likelihood, "p_always_valid": min(mpf(1), 1 / likelihood), "reject_at_05": bool(likelihood >= 20)}


def mixture_by_integral(d, s, tau2, theta0):
    """The mixture itself: the mean likelihood ratio over theta ~ N(theta0, tau2)."""
    d, s, tau2, theta0 = mpf(d), mpf(s), mpf(tau2), mpf(theta0)
    centre, sd = (d * tau2 + theta0 * s) / (s + tau2), mp.sqrt(s * tau2 / (s + tau2))
    f = lambda th: mp.npdf(th, theta0, mp.sqrt(tau2)) * mp.exp(((d - theta0) ** 2 - (d - th) ** 2) / (2 * s))
    with mp.workdps(20):
        return mp.quad(f, [centre + sd * k for k in range(-12, 13, 3)])


def proportion_bounds(successes, n):
    (lo, hi), (one, _) = wilson(successes, n, 0.05), wilson(successes, n, 0.1)
    return {"wilson95_lo": lo, "wilson95_hi": hi, "wilson_one_sided95_lo": one}


def safety_min_n(threshold, confidence, failures):
    # As they are written: 1 - 0.99 is 0.01 and no bound above it, whatever the nearest binary fractions are.
    t, level = mpf(repr(threshold)), 1 - mpf(repr(confidence))
    odds = (1 - t) / t

    def enough(n):
        term = total = t**n
        for k in range(1, failures + 1):
            term *= mpf(n - k + 1) / k * odds
            total += term
        return total < level

    high = failures + 1
    while not enough(high):
        high *= 2
    low = failures
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return {"min_n": high}


def srm_chi_square(counts, weights):
    n, total = mpf(sum(counts)), sum(map(mpf, weights))
    chi2 = sum((x - n * w / total) ** 2 / (n * w / total) for x, w in zip(counts, map(mpf, weights)))
    p = mp.gammainc(mpf(len(counts) - 1) / 2, chi2 / 2, mp.inf, regularized=True)
    return {"chi2": chi2, "p": p, "srm_at_0_001": bool(p < mpf("0.001"))}


def srm_sequential(counts, weights, concentration=100):
    conc, total, n, g = mpf(concentration), sum(map(mpf, weights)), sum(counts), mp.loggamma
    log_b = g(conc) - g(conc + n)
    for x, w in zip(counts, (mpf(w) / total for w in weights)):
        log_b += g(conc * w + x) - g(conc * w) - x * mp.log(w)
    return {"log_bayes_factor": log_b, "p_always_valid": min(mpf(1), mp.exp(-log_b))}


def bernoulli_e_process(failures, n, q0, q1):
    q0, q1 = mpf(q0), mpf(q1)
    log_e = failures * mp.log(q1 / q0) + (n - failures) * mp.log((1 - q1) / (1 - q0))
    return {"log_e": log_e, "e": mp.exp(log_e), "reject_at_05": bool(log_e >= mp.log(20))}


def mcnemar(old_right_new_wrong, old_wrong_new_right):
    b, c = old_right_new_wrong, old_wrong_new_right
    n = b + c
    if n == 0:
        return {"p_exact": mpf(1), "chi2_corrected": mpf(0), "p_corrected": mpf(1)}
    chi2 = mpf(abs(b - c) - 1) ** 2 / n
    out = {"chi2_corrected": chi2, "p_corrected": mp.erfc(mp.sqrt(chi2 / 2))}
    if n <= 10_000:
        out["p_exact"] = min(mpf(1), 2 * mpf(sum(math.comb(n, k) for k in range(min(b, c) + 1))) / mpf(2) ** n)
    return out


def sample_size(power, n_baseline_over_n_candidate=1, p=None, relative_margin=None, alpha_one_sided=None, alpha=None, p_baseline=None, p_candidate=None):
    ratio_of, zp = mpf(n_baseline_over_n_candidate), -quantile_upper(mpf(power))
    if p is not None:
        p, m, z = mpf(p), mpf(relative_margin), quantile_upper(mpf(alpha_one_sided)) + zp
        return {"n_candidate_noninferiority": z * z * (p * (1 - p) + (1 - m) ** 2 * p * (1 - p) / ratio_of) / (m * p) ** 2}
    pb, pc, za = mpf(p_baseline), mpf(p_candidate), quantile_upper(mpf(alpha) / 2)
    unpooled = (za + zp) ** 2 * (pb * (1 - pb) / ratio_of + pc * (1 - pc)) / (pb - pc) ** 2
    h = abs(2 * mp.asin(mp.sqrt(pc)) - 2 * mp.asin(mp.sqrt(pb)))
    shift = mp.findroot(lambda s: tail(za - s) + tail(za + s) - mpf(power), za + zp)
    return {"n_candidate_cohen_h": (shift / h) ** 2 * (1 + 1 / ratio_of), "n_candidate_unpooled": unpooled}


def moments(ys, xs):
    y, x = [mpf(v) for v in ys], [mpf(v) for v in xs]
    my, mx, k = sum(y) / len(y), sum(x) / len(x), len(y) - 1
    cross = lambda a, ma, b, mb: sum((i - ma) * (j - mb) for i, j in zip(a, b)) / k
    return my, mx, cross(y, my, y, my), cross(x, mx, x, mx), cross(y, my, x, mx)


def ratio_metric_delta(numerator_per_unit, denominator_per_unit):
    my, mn, vy, vn, cov = moments(numerator_per_unit, denominator_per_unit)
    r, units = my / mn, len(numerator_per_unit)
    return {"ratio": r, "se": mp.sqrt(max(mpf(0), vy - 2 * r * cov + r * r * vn) / units) / mn, "se_if_requests_were_independent": mp.sqrt(r * (1 - r) / (mn * units))}


def cuped(y, x):
    _, _, vy, vx, cov = moments(y, x)
    if vx == 0 or vy == 0:
        return {"theta": mpf(0), "var_y": vy, "var_adjusted": vy, "correlation": mpf(0)}
    return {"theta": cov / vx, "var_y": vy, "var_adjusted": vy - cov * cov / vx, "correlation": cov / mp.sqrt(vx * vy)}


def stage_stratified_diff(stages_xc_nc_xb_nb):
    both = [s for s in stages_xc_nc_xb_nb if s[1] > 0 and s[3] > 0]
    rows = [(mpf(nc) * nb / (nc + nb), mpf(xc) / nc, nc, mpf(xb) / nb, nb) for xc, nc, xb, nb in both]
    w = sum(row[0] for row in rows)
    d = sum(wt * (pc - pb) for wt, pc, _, pb, _ in rows) / w
    se = mp.sqrt(sum(wt**2 * (pc * (1 - pc) / nc + pb * (1 - pb) / nb) for wt, pc, nc, pb, nb in rows)) / w
    xc, nc, xb, nb = (sum(column) for column in zip(*stages_xc_nc_xb_nb))
    return {"stratified_diff": d, "se": se, "z": ratio(d, se), "pooled_diff_wrong": mpf(xc) / nc - mpf(xb) / nb}


def proposed_stage_decision(xc, nc, xb, nb, margin, tau, alpha, min_n):
    if nc < min_n or nb < min_n:
        return {"verdict": "HOLD", "lower": None, "upper": None}
    k, half = 1 - mpf(margin), mpf(1) / 2
    r = restricted(xc + half, nc + 1, xb + half, nb + 1, k)
    s2 = k * r * (1 - k * r) / nc + k * k * r * (1 - r) / nb
    q, d = mpf(tau) ** 2 / s2, mpf(xc) / nc - k * mpf(xb) / nb
    h = mp.sqrt(s2 * (1 + 1 / q) * 2 * mp.log(1 + mp.sqrt(q + 1) / (2 * mpf(alpha))))
    return {"verdict": "ROLLBACK" if d + h < 0 else "PROMOTABLE" if d - h > 0 else "HOLD", "lower": d - h, "upper": d + h}
