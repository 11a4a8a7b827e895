// Publish to signal at half of the rate that the detector can do.
import { join } from 'node:path';
import { Child } from '../shared/child.mjs';
import { forgetGroup, freshTopics } from '../shared/cluster.mjs';
import { root, say } from '../shared/report.mjs';
import { groupOf, startDetector } from './detector.mjs';

const SECONDS = 25;
const probe = join(root, 'bench', 'streams', 'latency-probe.mjs');

export const measureLatency = async (cluster, { recordsPerSecond, seed }) => {
  await freshTopics(cluster);
  const rate = Math.round(recordsPerSecond / 2);
  say(`latency: ${SECONDS} s at ${rate.toLocaleString('en')} records/s`);
  const detector = startDetector(cluster);
  try {
    // A partition that is assigned is read: its first fetch is under way.
    await detector.said(/"partition":5[^\n]*partition assigned|partition assigned[^\n]*"partition":5/);
    const before = detector.usage();
    const result = await Child.node(probe, [cluster.brokers.join(','), String(rate), String(SECONDS), String(seed)]).result();
    const after = detector.usage();
    return { wantedPerSecond: rate, ...result, ...(before && after && { detectorCpuSeconds: after.cpuSeconds - before.cpuSeconds }) };
  } finally {
    await detector.end();
    await forgetGroup(cluster.admin, groupOf('full'));
  }
};
