import { isEvent, topics } from '@ratchet/contracts';
import type { EventEnvelope } from '@ratchet/contracts';
import { routingChanged, targetKey, versionPublished } from '@ratchet/domain';
import type { RoutingChanged, VersionPublished } from '@ratchet/domain';
import type { KafkaClient } from '@ratchet/kafka';
import { UsageError } from '../command-module.js';
import { CYCLE_TOPICS, CycleLog } from '../cycles/cycle-log.js';
import type { KnownCycle } from '../cycles/cycle-log.js';
import { readEvents } from '../stack/read-topics.js';

export type Alias = 'champion' | 'candidate';

/** A version as the registry shows it: its bundle, the cycle that made it (none made an adopted one), and what it is now. */
export interface RegisteredVersion {
  readonly published: VersionPublished;
  readonly cycle: KnownCycle | undefined;
  readonly aliases: readonly Alias[];
}

export type VersionState = 'champion' | 'candidate' | 'registered' | 'adopted' | 'former champion' | 'rolled back' | 'rejected' | 'insufficient' | 'superseded';

export interface VersionSelection {
  readonly model?: string | undefined;
  readonly workload?: string | undefined;
}

const REGISTRY_TOPICS = [...CYCLE_TOPICS, topics.versions.name, topics.routing.name];
const keyOf = (of: { readonly model: string; readonly workload: string }, versionId: string): string => `${targetKey(of)}\n${versionId}`;

const stateByCycle = ({ promoted, rolledBack, rejectedBy, judged, stage }: KnownCycle): VersionState => {
  if (rolledBack) return 'rolled back';
  if (promoted) return 'former champion';
  if (rejectedBy !== undefined || judged?.outcome === 'failed') return 'rejected';
  if (stage?.to === 'SUPERSEDED' || judged?.outcome === 'superseded') return 'superseded';
  return judged?.outcome === 'insufficient' ? 'insufficient' : 'registered';
};

export const stateOfVersion = ({ published, aliases, cycle }: RegisteredVersion): VersionState => {
  if (aliases.includes('champion')) return 'champion';
  if (aliases.includes('candidate')) return 'candidate';
  if (cycle) return stateByCycle(cycle);
  return published.parentVersion === undefined ? 'adopted' : 'registered';
};

/** All versions with their lineage, from the topics alone. */
export class VersionLog {
  readonly cycles = new CycleLog();
  private readonly published = new Map<string, VersionPublished>();
  private readonly routing = new Map<string, RoutingChanged>();

  static async read(kafka: KafkaClient): Promise<VersionLog> {
    const log = new VersionLog();
    await readEvents({ kafka, topics: REGISTRY_TOPICS, onEvent: (event) => log.take(event) });
    return log;
  }

  take(event: EventEnvelope): void {
    this.cycles.take(event);
    if (isEvent(event, versionPublished)) this.published.set(keyOf(event.data, event.data.versionId), event.data);
    else if (isEvent(event, routingChanged) && event.data.revision >= (this.routing.get(targetKey(event.data))?.revision ?? 0)) this.routing.set(targetKey(event.data), event.data);
  }

  /** By target, then in the order in which they were made. */
  list({ model, workload }: VersionSelection = {}): RegisteredVersion[] {
    const cycleOf = new Map(this.cycles.list().flatMap((cycle) => (cycle.registered ? [[keyOf(cycle.registered, cycle.registered.version), cycle] as const] : [])));
    return [...this.published.values()]
      .filter((version) => (model === undefined || version.model === model) && (workload === undefined || version.workload === workload))
      .sort((a, b) => (targetKey(a) === targetKey(b) ? a.ordinal - b.ordinal : targetKey(a) < targetKey(b) ? -1 : 1))
      .map((published) => ({ published, cycle: cycleOf.get(keyOf(published, published.versionId)), aliases: this.aliasesOf(published) }));
  }

  /** @throws {UsageError} where there is no such version, or several targets have one of this name */
  require(versionId: string, selection: VersionSelection = {}): RegisteredVersion {
    const found = this.list(selection).filter(({ published }) => published.versionId === versionId);
    const [first, second] = found;
    if (!first) throw new UsageError(`there is no version ${versionId}: \`ratchet registry list\` shows which there are`);
    if (second) throw new UsageError(`${found.map(({ published }) => targetKey(published)).join(' and ')} each have a version ${versionId}: say which with --model and --workload`);
    return first;
  }

  /** From the first version of the target to this one, each made from the one before. Ends at one that the topic does not hold. */
  lineage(version: RegisteredVersion): RegisteredVersion[] {
    const byId = new Map(this.list(version.published).map((one) => [one.published.versionId, one]));
    const line = [version];
    byId.delete(version.published.versionId);
    for (let parent = byId.get(version.published.parentVersion ?? ''); parent; parent = byId.get(parent.published.parentVersion ?? '')) {
      line.unshift(parent);
      // A parent comes once, whatever the topic says.
      byId.delete(parent.published.versionId);
    }
    return line;
  }

  childrenOf({ published }: RegisteredVersion): RegisteredVersion[] {
    return this.list(published).filter((one) => one.published.parentVersion === published.versionId);
  }

  private aliasesOf(version: VersionPublished): Alias[] {
    const routing = this.routing.get(targetKey(version));
    return (['champion', 'candidate'] as const).filter((alias) => routing?.[alias] === version.versionId);
  }
}
