import type { CycleFacts } from './cycle-record.js';

/** Which fact must be known before another one says anything: each is published after the other, but often in another topic. */
const needs: Partial<Record<keyof CycleFacts, keyof CycleFacts>> = {
  registered: 'started',
  trainingFailed: 'started',
  judged: 'registered',
  approved: 'judged',
  dropped: 'judged',
  promoted: 'judged',
  rolledBack: 'judged',
};

/** Whether what has been read of a cycle leads up to the new facts. Topics are read side by side, so a verdict may come before the start of its cycle. */
export const followsFrom = (known: Partial<CycleFacts> | undefined, facts: Partial<CycleFacts>): boolean =>
  (Object.keys(facts) as (keyof CycleFacts)[]).every((fact) => {
    const needed = needs[fact];
    return needed === undefined || known?.[needed] !== undefined;
  });
