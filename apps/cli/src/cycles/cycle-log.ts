import { isEvent, topics } from '@ratchet/contracts';
import type { EventEnvelope } from '@ratchet/contracts';
import { candidateJudged, candidateRegistered, commandIssued, rolloutAdvanced, trainingFailed, trainingStarted, versionPromoted, versionRolledBack } from '@ratchet/domain';
import type { CandidateJudged, CandidateRegistered, RolloutAdvanced, TrainingFailed, TrainingStarted, VersionPromoted, VersionRolledBack } from '@ratchet/domain';

/** What the topics tell of one cycle. */
export interface KnownCycle {
  readonly cycleId: string;
  started?: TrainingStarted;
  registered?: CandidateRegistered;
  failed?: TrainingFailed;
  judged?: CandidateJudged;
  /** The newest step of its rollout. */
  stage?: RolloutAdvanced;
  promoted?: VersionPromoted;
  rolledBack?: VersionRolledBack;
  /** A person turned its candidate down. */
  rejectedBy?: string;
}

export type CycleState = 'training' | 'judging' | 'waiting for a person' | 'rollout' | 'promoted' | 'rejected' | 'insufficient' | 'superseded' | 'rolled_back' | 'failed' | 'cancelled';

const OPEN: ReadonlySet<CycleState> = new Set(['training', 'judging', 'waiting for a person', 'rollout']);

export const CYCLE_TOPICS = [topics.candidates, topics.verdicts, topics.promotions, topics.commands].map(({ name }) => name);

/** Where a rollout stands that was neither promoted nor rolled back. Before its first stage it may wait for a person, and leave without traffic. */
const ofRollout = ({ to, actor }: RolloutAdvanced, judged: CandidateJudged | undefined): CycleState => {
  if (to === 'SUPERSEDED') return 'superseded';
  if (to === 'CANCELLED') return actor.startsWith('human:') ? 'rejected' : 'insufficient';
  if (to !== 'AWAITING_APPROVAL') return 'rollout';
  // Verdicts of the time before `awaits` ended their cycle, and could be approved all the same.
  return judged && judged.awaits !== 'person' ? 'insufficient' : 'waiting for a person';
};

const afterVerdict = ({ judged, stage }: KnownCycle): CycleState | undefined => {
  if (stage) return ofRollout(stage, judged);
  if (!judged) return undefined;
  if (judged.outcome === 'passed') return 'rollout';
  if (judged.outcome === 'insufficient') return judged.awaits === 'person' ? 'waiting for a person' : 'insufficient';
  return judged.outcome === 'failed' ? 'rejected' : 'superseded';
};

export const stateOfCycle = (cycle: KnownCycle): CycleState => {
  if (cycle.rolledBack) return 'rolled_back';
  if (cycle.promoted) return 'promoted';
  if (cycle.failed) return cycle.failed.code === 'cancelled' ? 'cancelled' : 'failed';
  if (cycle.rejectedBy !== undefined) return 'rejected';
  return afterVerdict(cycle) ?? (cycle.registered ? 'judging' : 'training');
};

export const isOpenCycle = (cycle: KnownCycle): boolean => OPEN.has(stateOfCycle(cycle));

/** All cycles, from events in any order: topics are read side by side. */
export class CycleLog {
  private readonly cycles = new Map<string, KnownCycle>();
  private readonly rejections = new Map<string, string>();

  take(event: EventEnvelope): void {
    if (isEvent(event, trainingStarted)) this.cycleOf(event.data).started ??= event.data;
    else if (isEvent(event, candidateRegistered)) this.cycleOf(event.data).registered ??= event.data;
    else if (isEvent(event, trainingFailed)) this.cycleOf(event.data).failed ??= event.data;
    else if (isEvent(event, candidateJudged)) this.cycleOf(event.data).judged = event.data;
    else if (isEvent(event, versionPromoted)) this.cycleOf(event.data).promoted = event.data;
    else if (isEvent(event, versionRolledBack)) this.cycleOf(event.data).rolledBack = event.data;
    else if (isEvent(event, rolloutAdvanced)) {
      const cycle = this.cycleOf(event.data);
      if (event.data.sequence >= (cycle.stage?.sequence ?? 0)) cycle.stage = event.data;
    } else if (isEvent(event, commandIssued) && event.data.name === 'candidate.reject') this.rejections.set(JSON.stringify([event.data.model, event.data.workload, event.data.version]), event.data.actor);
  }

  /** By their start; cycles whose start the topic has let go come first. */
  list(): KnownCycle[] {
    const all = [...this.cycles.values()].map((cycle) => this.withRejection(cycle));
    const startOf = ({ started }: KnownCycle): number => (started ? Date.parse(started.startedAt) : 0);
    return all.sort((a, b) => startOf(a) - startOf(b));
  }

  get(cycleId: string): KnownCycle | undefined {
    const cycle = this.cycles.get(cycleId);
    return cycle && this.withRejection(cycle);
  }

  private withRejection(cycle: KnownCycle): KnownCycle {
    const { registered } = cycle;
    const rejectedBy = registered && this.rejections.get(JSON.stringify([registered.model, registered.workload, registered.version]));
    return rejectedBy === undefined ? cycle : { ...cycle, rejectedBy };
  }

  private cycleOf({ cycleId }: { readonly cycleId: string }): KnownCycle {
    const cycle = this.cycles.get(cycleId) ?? { cycleId };
    this.cycles.set(cycleId, cycle);
    return cycle;
  }
}
