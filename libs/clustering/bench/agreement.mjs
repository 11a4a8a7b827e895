// How well a partition agrees with labels.
const tally = (keys) => keys.reduce((counts, key) => counts.set(key, (counts.get(key) ?? 0) + 1), new Map());
const pairs = (counts) => [...counts.values()].reduce((sum, count) => sum + (count * (count - 1)) / 2, 0);
const entropy = (counts, n) => -[...counts.values()].reduce((sum, count) => sum + (count / n) * Math.log(count / n), 0);

/** Adjusted Rand index (Hubert and Arabie 1985), purity and normalised mutual information. */
export const agreement = (truth, found) => {
  const n = truth.length;
  const joint = tally(truth.map((label, i) => `${label}\u0000${found[i]}`));
  const [byLabel, byCluster] = [tally(truth), tally(found.map(String))];
  const [together, a, b] = [pairs(joint), pairs(byLabel), pairs(byCluster)];
  const expected = (a * b) / ((n * (n - 1)) / 2);
  const largest = new Map();
  for (const [key, count] of joint) {
    const cluster = key.slice(key.indexOf('\u0000') + 1);
    largest.set(cluster, Math.max(largest.get(cluster) ?? 0, count));
  }
  const [ha, hb] = [entropy(byLabel, n), entropy(byCluster, n)];
  return {
    ari: (together - expected) / ((a + b) / 2 - expected),
    purity: [...largest.values()].reduce((sum, count) => sum + count, 0) / n,
    nmi: (2 * (ha + hb - entropy(joint, n))) / (ha + hb),
  };
};
