import type { ArmPoint, Order, OrderFate, RolloutSummary } from '@ratchet/console-api';
import type { EvidenceRecord, RolloutTerms } from '@ratchet/domain';

export type Test = EvidenceRecord['tests'][number];

export const percent = (value: number | null | undefined, digits = 1): string => (value === null || value === undefined ? '–' : `${(100 * value).toFixed(digits)} %`);
export const figure = (value: number | null | undefined): string => (value === null || value === undefined ? '–' : Math.abs(value) >= 1000 ? value.toFixed(0) : value.toPrecision(3));

/** A success rate with its band. */
export const rateInWords = ({ rate, lower, upper }: Pick<ArmPoint, 'rate' | 'lower' | 'upper'>): string => (rate === null ? '–' : `${percent(rate)} (${percent(lower)} to ${percent(upper)})`);

/** `HOLDING(stale)` as its parts. */
export const partsOf = (state: string): { readonly status: string; readonly detail: string | null } => {
  const [, status = state, detail = null] = /^([A-Z_]+)(?:\((.+)\))?$/.exec(state) ?? [];
  return { status, detail };
};

const holds: Readonly<Record<string, string>> = {
  inconclusive: 'waits for the proof that the candidate is not worse',
  insufficient: 'has taken too long to gather its sample; a person should look',
  stale: 'gets no data of the candidate',
  provider: 'gets no data of any arm, so their source is away',
  srm: 'has a broken split: the arms did not get the traffic that they were meant to get',
};

/** Where a rollout stands, in a sentence. */
export const stateInWords = ({ state, stage, share, version, baseVersion, revertedAt }: Pick<RolloutSummary, 'state' | 'stage' | 'share' | 'version' | 'baseVersion' | 'revertedAt'>): string => {
  const { status, detail } = partsOf(state);
  const serving = `${version} serves ${percent(share, 0)} of the traffic in stage ${stage}`;
  switch (status) {
    case 'DRAFT':
      return `${version} has passed its gates and waits for its turn.`;
    case 'AWAITING_APPROVAL':
      return stage === 0 ? `${version} awaits a person's approval before it gets any traffic.` : `${serving} and awaits a person's approval for stage ${stage + 1}.`;
    case 'RUNNING':
      return `${serving}; ${baseVersion} serves the rest.`;
    case 'HOLDING':
      return `${serving}. The advance is held: it ${holds[detail ?? ''] ?? `holds (${detail ?? 'no reason given'})`}.`;
    case 'PAUSED':
      return `${serving} and is paused by a person: the automation leaves it alone.`;
    case 'PROMOTED':
      return revertedAt ? `${version} became the champion; later a person brought the version before it back.` : `${version} is the champion.`;
    case 'ROLLED_BACK':
      return `${version} was rolled back in stage ${stage}; ${baseVersion} serves all traffic.`;
    case 'SUPERSEDED':
      return `${version} was superseded: something newer took its place.`;
    case 'CANCELLED':
      return `${version} was dropped before it had any traffic.`;
    default:
      return `${version} is ${state}.`;
  }
};

export const stateColor = (state: string): string => {
  const colors: Readonly<Record<string, string>> = { RUNNING: 'indigo.8', PROMOTED: 'teal.9', ROLLED_BACK: 'red.9', HOLDING: 'orange.9', PAUSED: 'orange.9', AWAITING_APPROVAL: 'grape.9' };
  return colors[partsOf(state).status] ?? 'gray.8';
};

const metricNames: Readonly<Record<string, string>> = {
  unsafe_answers: 'Unsafe answers',
  sample_ratio: 'Split of the traffic',
  success_rate: 'Success rate, this stage',
  success_rate_all_stages: 'Success rate, all stages',
  error_free_rate: 'Requests without an error, this stage',
  error_free_rate_all_stages: 'Requests without an error, all stages',
  latency_p95: 'Latency (95th percentile), ratio',
};

const PROOF = '_proof';
export const isProof = ({ name }: Test): boolean => name.endsWith(PROOF);

export const testName = ({ name }: Pick<Test, 'name'>): string => {
  const metric = name.endsWith(PROOF) ? name.slice(0, -PROOF.length) : name;
  const known = metricNames[metric] ?? metric.replaceAll('_', ' ').replace(/^./, (letter) => letter.toUpperCase());
  return name.endsWith(PROOF) ? `${known}: proof` : known;
};

const verdicts: Readonly<Record<string, string>> = { ok: 'in order', open: 'nothing shown yet', harm: 'harm', proven: 'proven not worse', broken: 'broken' };
export const verdictInWords = (verdict: string): string => verdicts[verdict] ?? verdict;

/** What of a test would roll the candidate back, and how far away that is. */
export const whatWouldRollBack = ({ name, value, lower, upper, threshold, verdict }: Test): string | null => {
  if (name.endsWith(PROOF)) return null;
  const shown = testName({ name });
  if (verdict === 'harm') return `${shown}: harm is shown.`;
  if (name === 'sample_ratio') return value === null ? null : `${shown}: holds the advance at a Bayes factor of ${figure(threshold)}; it is ${figure(value)} now.`;
  if (name === 'unsafe_answers') return `${shown}: goes back when the evidence reaches ${figure(threshold)}; it is ${figure(value)} now.`;
  if (name === 'latency_p95') return value === null ? `${shown}: not enough requests yet.` : `${shown}: goes back above ${figure(threshold)} where the lower bound is above 1; the ratio is ${figure(value)}${lower === null ? '' : `, its lower bound ${figure(lower)}`} now.`;
  if (upper === null) return `${shown}: too few conversations or requests to say anything yet.`;
  return `${shown}: goes back when the upper bound falls below ${figure(threshold)}; it is ${figure(upper)} now.`;
};

const hours = (ms: number): string => {
  const minutes = Math.ceil(ms / 60_000);
  if (minutes < 2) return `${Math.max(0, Math.ceil(ms / 1_000))} s`;
  return minutes < 120 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`;
};

interface Now {
  readonly state: string;
  readonly stage: number;
  readonly terms: RolloutTerms | null;
  /** Settled conversations of the candidate in this stage. */
  readonly units: number;
  readonly stageSinceMs: number | null;
  readonly nowMs: number;
  readonly tests: readonly Test[];
}

/** What is still missing before the automation goes on by itself. */
export const whatWouldAdvance = ({ state, stage, terms, units, stageSinceMs, nowMs, tests }: Now): string[] => {
  const { status } = partsOf(state);
  if (!['RUNNING', 'HOLDING', 'PAUSED', 'AWAITING_APPROVAL'].includes(status) || stage === 0) return [];
  const said: string[] = [];
  if (status === 'PAUSED') said.push('A person must resume it first.');
  if (terms) {
    const [needed = 0, stay = 0] = [terms.minSamples[stage - 1], terms.minStayMs[stage - 1]];
    said.push(units >= needed ? `The minimum sample is there: ${units} of ${needed} conversations.` : `${units} of ${needed} conversations of the candidate have settled in this stage.`);
    const left = stageSinceMs === null ? null : stageSinceMs + stay - nowMs;
    if (left !== null) said.push(left > 0 ? `The stage lasts ${hours(left)} more.` : 'The minimum time in this stage is over.');
    if (terms.approvalStages.includes(stage + 1)) said.push(`Stage ${stage + 1} needs a person's approval.`);
    if (stage === terms.shares.length - 1) said.push('Before the last stage every test must prove that the candidate is not worse.');
    said.push(stage >= terms.shares.length ? 'After that it is promoted.' : `After that it gets ${percent(terms.shares[stage], 0)} of the traffic.`);
  }
  const unproven = tests.filter((test) => isProof(test) && test.verdict !== 'proven' && test.verdict !== 'ok');
  if (unproven.length > 0) said.push(`Not yet proven: ${unproven.map((test) => testName(test)).join('; ')}.`);
  return said;
};

/** `human:ada` and `policy:rollout-2` as people read them. */
export const actorInWords = (actor: string): string => (actor.startsWith('human:') ? actor.slice('human:'.length) : actor.startsWith('policy:') ? `the controller (${actor.slice('policy:'.length)})` : actor);

const orderNames: Readonly<Record<string, string>> = {
  'rollout.pause': 'ordered a pause', 'rollout.resume': 'ordered to resume', 'rollout.advance': 'ordered an advance', 'rollout.rollback': 'ordered a rollback', 'candidate.approve': 'approved',
  'candidate.reject': 'rejected', 'automation.hold': 'held the automation', 'automation.release': 'released the automation', 'experiment.start': 'ordered an experiment', 'experiment.stop': 'ordered an experiment to stop',
};
export const orderInWords = ({ name }: Pick<Order, 'name'>): string => orderNames[name] ?? `ordered ${name}`;

/** What became of an order. */
export const fateInWords = (fate: OrderFate['fate'], message: string | null): string => {
  if (fate === 'ordered') return 'It is on the topic of commands; the controller has not answered yet.';
  if (fate === 'refused') return message ?? 'No reason was given.';
  // The controller tells nothing of these but a refusal.
  if (message === 'held' || message === 'released') return `The automation is ${message}. If the controller refuses, it says so here.`;
  return `The controller has done it: ${message ?? 'no state was told'}.`;
};
