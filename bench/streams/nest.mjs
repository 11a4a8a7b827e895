// The reference job on NestJS' own Kafka transport.
import { join } from 'node:path';
import { Child } from '../shared/child.mjs';
import { ensureTopic, forgetGroup } from '../shared/cluster.mjs';
import { root } from '../shared/report.mjs';
import { measureDrain } from './drain.mjs';

export const NEST_OUTPUT = 'ratchet.reference-nest.v1';
const script = join(root, 'bench', 'peers', 'nest', 'main.mjs');

/** Reads for `stopAfterMs` at most: this transport hands over one message at a time. */
export const drainWithNest = async (cluster, { ends, stopAfterMs }) => {
  const name = `reference-nest-${Date.now().toString(36)}`;
  // The transport adds this to what it is told.
  const groupId = `${name}-server`;
  await ensureTopic(cluster.admin, NEST_OUTPUT);
  const child = Child.node(script, [cluster.brokers.join(','), name, NEST_OUTPUT]);
  try {
    return await measureDrain({ admin: cluster.admin, groupId, children: [child], ends, stopAfterMs });
  } finally {
    await child.end();
    await forgetGroup(cluster.admin, groupId);
  }
};
