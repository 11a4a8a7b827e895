// The signal-detector as a user runs it: the built service, one process, all else by its defaults.
import { join } from 'node:path';
import { Child } from '../shared/child.mjs';
import { forgetGroup } from '../shared/cluster.mjs';
import { root } from '../shared/report.mjs';
import { measureDrain } from './drain.mjs';

const script = join(root, 'apps', 'signal-detector', 'dist', 'main.js');

export const groupOf = (profile) => (profile === 'full' ? 'signal-detector' : `signal-detector-${profile}`);

export const startDetector = ({ brokers }, { profile = 'full', env = {} } = {}) =>
  Child.node(script, ['--profile', profile], { env: { KAFKA_BROKERS: brokers.join(','), HTTP_HOST: '127.0.0.1', HTTP_PORT: '0', LOG_LEVEL: 'info', ...env } });

/** Partitions that have been assigned to the process so far, with what its log says of each. */
export const assignmentsOf = (child) =>
  child.output.split('\n').flatMap((line) => {
    if (!line.includes('partition assigned')) return [];
    const { partition, position, replayFrom } = JSON.parse(line);
    return [{ partition: Number(partition), position: Number(position), replayFrom: Number(replayFrom) }];
  });

/** Reads the topic from its beginning to `ends` with one process or several. */
export const drainWithDetector = async (cluster, { profile, ends, processes = 1 }) => {
  const groupId = groupOf(profile);
  const children = Array.from({ length: processes }, () => startDetector(cluster, { profile }));
  try {
    const whenReady = processes === 1 ? undefined : Promise.all(children.map((child) => child.said(/partition assigned/)));
    return await measureDrain({ admin: cluster.admin, groupId, children, ends, ...(whenReady && { whenReady }) });
  } finally {
    await Promise.all(children.map((child) => child.end()));
    await forgetGroup(cluster.admin, groupId);
  }
};
