import { commandIssued, candidateJudged, candidateRegistered, emptyHistogram, histogramOf, versionIdOf, versionPublished, vitalsCounted } from '@ratchet/domain';
import type { Arm, Bundle, CandidateJudged, Command, Target, VitalsCounted } from '@ratchet/domain';
import type { EventEnvelope } from '@ratchet/contracts';

/** What a step needs to know of the rollout that runs. */
export interface Scene {
  readonly target: Target;
  readonly rolloutId: string;
}

export interface Step {
  readonly name: string;
  /** They go to one topic, and into one batch. */
  readonly events: (scene: Scene) => readonly EventEnvelope[];
  /** Status and stage of the target's rollouts, oldest first, then the status of its experiments, once the step has had its effect. */
  readonly leadsTo: readonly string[];
}

export interface Script {
  readonly name: string;
  readonly steps: readonly Step[];
}

/** Stages follow each other as soon as there is enough of evidence. */
const policy = {
  shares: [0.05, 0.5, 1], minSamples: [50, 50, 50], minSoakMs: [0, 0], bakeMs: 0, productionBaselineBelowShare: 0,
  // A step's two arms are counted one after the other.
  sampleRatio: { bayesFactor: 100, minExpected: 1_000_000, concentration: 100 },
};

/** By what the name of a script's workloads begins with. */
export const policies: Readonly<Record<string, Readonly<Record<string, unknown>>>> = { promotion: policy, rollback: policy, supersession: { ...policy, whenBusy: 'supersede', drainMs: 600_000 }, experiment: policy };

const bundle: Bundle = { provider: { name: 'nobody', model: 'nothing' } };
const champion = versionIdOf({ ordinal: 1, bundle });
const NOW = '2026-03-02T08:00:00.000Z';

const envelope = (target: Target, { name, type, data }: { name: string; type: string; data: unknown }): EventEnvelope => ({ id: `${target.workload}-${name}`, source: '/rollout-kills', type, time: NOW, data });

const ordered = (name: string, order: Pick<Command, 'name'> & Record<string, unknown>): Step['events'] => ({ target }) => [
  envelope(target, { name, type: commandIssued.type, data: { commandId: `${target.workload}-${name}`, actor: 'a-person', reason: 'the test', ...target, issuedAt: new Date().toISOString(), ...order } }),
];

const cycleOf = (target: Target, version: string): string => `${target.workload}-cycle-${version}`;

const registered = (version: string): Step['events'] => ({ target }) => [
  envelope(target, {
    name: `registered-${version}`, type: candidateRegistered.type,
    data: { cycleId: cycleOf(target, version), ...target, trainingRunId: `${target.workload}-run`, baseVersion: champion, version, datasetIds: ['d1'], opportunityIds: ['o1'], trainingConfig: {}, trainingSeconds: 1, registeredAt: NOW },
  }),
];

const judged = (version: string, verdict: Pick<CandidateJudged, 'outcome' | 'awaits'>): Step['events'] => ({ target }) => [
  envelope(target, { name: `judged-${version}`, type: candidateJudged.type, data: { cycleId: cycleOf(target, version), ...target, version, baseVersion: champion, gates: [], message: 'gates', judgedAt: NOW, ...verdict } }),
];

interface Counts {
  readonly n: number;
  readonly failed: number;
  readonly unsafe?: number;
}

const vitalsOf = ({ target, rolloutId }: Scene, { version, arm, stage, n, failed, unsafe = 0 }: Counts & { readonly version: string; readonly arm: Arm; readonly stage: number }): EventEnvelope => {
  const vitalsId = `${target.workload}-${stage}-${arm}-${version}`;
  const data: VitalsCounted = {
    vitalsId, ...target, version, arm, rolloutId, stage, requests: n, errors: 0, fellBack: 0, overridden: 0, outcomes: n, failures: failed, unsafe, failuresBySignal: {},
    units: { count: n, failed, sumY: failed, sumN: n, sumYY: failed, sumYN: failed, sumNN: n }, latencyMs: histogramOf(Array.from({ length: n }, () => 100)), inputTokens: 0, outputTokens: 0, costUsd: emptyHistogram(), from: NOW, to: NOW,
  };
  return { id: vitalsId, source: '/rollout-kills', type: vitalsCounted.type, time: NOW, data };
};

const counted = (version: string, stage: number, { candidate, control }: { candidate: Counts; control: Counts }): Step['events'] => (scene) => [
  vitalsOf(scene, { version: champion, arm: 'control', stage, ...control }),
  vitalsOf(scene, { version, arm: 'candidate', stage, ...candidate }),
];

const adopted: Step = { name: 'adopt', events: ordered('adopt', { name: 'target.adopt', bundle }), leadsTo: [] };

const promotion: Script = {
  name: 'promotion',
  steps: [
    adopted,
    { name: 'registered', events: registered('v2'), leadsTo: [] },
    { name: 'judged, starts', events: judged('v2', { outcome: 'passed' }), leadsTo: ['v2 RUNNING 1'] },
    { name: 'vitals, second stage', events: counted('v2', 1, { candidate: { n: 100, failed: 10 }, control: { n: 100, failed: 15 } }), leadsTo: ['v2 RUNNING 2'] },
    { name: 'pause', events: ordered('pause', { name: 'rollout.pause' }), leadsTo: ['v2 PAUSED 2'] },
    { name: 'resume', events: ordered('resume', { name: 'rollout.resume' }), leadsTo: ['v2 RUNNING 2'] },
    { name: 'vitals, last stage', events: counted('v2', 2, { candidate: { n: 4000, failed: 400 }, control: { n: 4000, failed: 600 } }), leadsTo: ['v2 RUNNING 3'] },
    { name: 'vitals, promoted', events: counted('v2', 3, { candidate: { n: 400, failed: 40 }, control: { n: 100, failed: 15 } }), leadsTo: ['v2 PROMOTED 3'] },
  ],
};

const rollback: Script = {
  name: 'rollback',
  steps: [
    adopted,
    { name: 'registered', events: registered('v2'), leadsTo: [] },
    { name: 'judged, awaits a person', events: judged('v2', { outcome: 'insufficient', awaits: 'person' }), leadsTo: ['v2 AWAITING_APPROVAL 0'] },
    { name: 'approved, starts', events: ordered('approve', { name: 'candidate.approve', version: 'v2' }), leadsTo: ['v2 RUNNING 1'] },
    { name: 'another is registered', events: registered('v3'), leadsTo: ['v2 RUNNING 1'] },
    { name: 'another is judged, waits', events: judged('v3', { outcome: 'passed' }), leadsTo: ['v2 RUNNING 1', 'v3 DRAFT 0'] },
    { name: 'advanced by a person', events: ordered('advance', { name: 'rollout.advance' }), leadsTo: ['v2 RUNNING 2', 'v3 DRAFT 0'] },
    { name: 'unsafe, rolled back, next starts', events: counted('v2', 2, { candidate: { n: 20, failed: 1, unsafe: 3 }, control: { n: 20, failed: 1 } }), leadsTo: ['v2 ROLLED_BACK 2', 'v3 RUNNING 1'] },
    { name: 'rolled back by a person', events: ordered('rollback', { name: 'rollout.rollback' }), leadsTo: ['v2 ROLLED_BACK 2', 'v3 ROLLED_BACK 1'] },
  ],
};

const supersession: Script = {
  name: 'supersession',
  steps: [
    adopted,
    { name: 'registered', events: registered('v2'), leadsTo: [] },
    { name: 'judged, starts', events: judged('v2', { outcome: 'passed' }), leadsTo: ['v2 RUNNING 1'] },
    { name: 'a newer one is judged', events: judged('v3', { outcome: 'passed' }), leadsTo: ['v2 RUNNING 1', 'v3 DRAFT 0'] },
    { name: 'it is registered, and takes over', events: registered('v3'), leadsTo: ['v2 SUPERSEDED 1', 'v3 RUNNING 1'] },
    { name: 'harm, rolled back, drains', events: counted('v3', 1, { candidate: { n: 200, failed: 150 }, control: { n: 200, failed: 30 } }), leadsTo: ['v2 SUPERSEDED 1', 'v3 ROLLED_BACK 1'] },
  ],
};

const published: Step['events'] = ({ target }) => [
  envelope(target, { name: 'published', type: versionPublished.type, data: { versionId: 'v2', ...target, ordinal: 2, bundle, contentHash: 'v2', publishedAt: NOW } }),
];
const plan = { type: 'fixed', unitsPerArm: 400, looks: 1 };

const experiment: Script = {
  name: 'experiment',
  steps: [
    adopted,
    { name: 'published', events: published, leadsTo: [] },
    { name: 'ordered, starts', events: ordered('start', { name: 'experiment.start', treatment: 'v2', plan, onWin: 'rollout' }), leadsTo: ['v2 running'] },
    {
      name: 'counted, concluded, its winner is rolled out',
      events: ({ target }) => counted('v2', 1, { candidate: { n: 400, failed: 40 }, control: { n: 400, failed: 100 } })({ target, rolloutId: `${target.workload}-start` }),
      leadsTo: ['v2 RUNNING 1', 'v2 concluded'],
    },
  ],
};

export const scripts: readonly Script[] = [promotion, rollback, supersession, experiment];
export const MODEL = 'shop';
