import type { BoundedCount, Lag, Loop, Rates } from '@ratchet/console-api';

/** One arrow of the loop: from which service to which, and what goes along it now. */
export interface LoopArrow {
  readonly from: string;
  readonly to: string;
  readonly carries: string;
  readonly now: string;
}

const bounded = ({ count, isMore }: BoundedCount): string => `${count.toLocaleString('en')}${isMore ? ' or more' : ''}`;
const perSecond = (rate: number | undefined): string => (rate === undefined ? '…' : `${rate.toLocaleString('en', { maximumFractionDigits: 1 })}/s`);
const percent = (share: number): string => `${(share * 100).toLocaleString('en', { maximumFractionDigits: 1 })} %`;

const cyclesAt = ({ cycles }: Loop, states: readonly string[]): number => cycles.filter(({ state }) => states.includes(state)).reduce((sum, { count }) => sum + count, 0);

const verdictNow = ({ lastVerdict }: Loop): string => (lastVerdict ? `last: ${lastVerdict.outcome}` : 'none yet');

const stageNow = ({ rollouts }: Loop): string => {
  const [first] = rollouts;
  if (!first) return 'no rollout';
  return `stage ${first.stage}, ${percent(first.share)}${rollouts.length > 1 ? ` (+${rollouts.length - 1})` : ''}`;
};

/** The arrows in the order in which an improvement travels. */
export const arrowsOf = (loop: Loop, rates: Rates | undefined): LoopArrow[] => [
  { from: 'gateway', to: 'signal-detector', carries: 'interactions', now: perSecond(rates?.interactions) },
  { from: 'signal-detector', to: 'analyzer', carries: 'failures', now: `${perSecond(rates?.failures)}, ${loop.openFailures.toLocaleString('en')} open` },
  { from: 'analyzer', to: 'data-generator', carries: 'opportunities', now: `${bounded(loop.openOpportunities)} open` },
  { from: 'data-generator', to: 'trainer-dispatcher', carries: 'examples', now: `${loop.examplesWaiting.toLocaleString('en')} waiting` },
  { from: 'trainer-dispatcher', to: 'evaluator', carries: 'training runs', now: `${cyclesAt(loop, ['training'])} training, ${cyclesAt(loop, ['judging'])} at the gates` },
  { from: 'evaluator', to: 'rollout-controller', carries: 'verdicts', now: verdictNow(loop) },
  { from: 'rollout-controller', to: 'gateway', carries: 'traffic', now: stageNow(loop) },
];

export type ServiceState = 'up' | 'behind' | 'growing' | 'absent' | 'without' | 'unknown';

/** So many unread records are more than a batch or two. */
const BEHIND_FROM = 1_000;
/** Less than this comes and goes with each batch. */
const GROWTH_FROM = 100;

type ServiceLag = Lag['services'][number];

const grows = ({ lag, earlierLag }: ServiceLag): boolean => lag !== null && earlierLag !== null && lag - earlierLag >= Math.max(GROWTH_FROM, earlierLag / 10);

/** How a service does by its consumer group: absent where nobody reads for it, without where it needs no group. */
export const stateOfService = (lag: Lag | undefined, service: string): ServiceState => {
  const found = lag?.services.find((one) => one.service === service);
  if (!found) return 'unknown';
  if (found.reads !== 'group') return 'without';
  if (found.members === 0) return 'absent';
  if (grows(found)) return 'growing';
  return (found.lag ?? 0) >= BEHIND_FROM ? 'behind' : 'up';
};

export const wordsOfState: Readonly<Record<ServiceState, string>> = { up: 'reads along', behind: 'is behind', growing: 'falls behind', absent: 'nobody reads', without: 'serves', unknown: 'not known' };
export const marks: Readonly<Record<ServiceState, string>> = { up: '●', behind: '▲', growing: '▲▲', absent: '✕', without: '●', unknown: '○' };
