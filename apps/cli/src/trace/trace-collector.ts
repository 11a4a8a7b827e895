import { isEvent, traceIdOf } from '@ratchet/contracts';
import type { EventEnvelope } from '@ratchet/contracts';
import { candidateRegistered, examplesAdded, interactionFailed, opportunityRanked, qualityEvaluated, signalDetected, trainingStarted } from '@ratchet/domain';
import type { ExamplesAdded, OpportunityRanked } from '@ratchet/domain';
import { linksOf } from './trace-links.js';
import type { Links } from './trace-links.js';

interface Kept {
  readonly event: EventEnvelope;
  readonly links: Links;
  /** It names the id that is traced. */
  readonly direct: boolean;
}

const aboutOneInteraction = (event: EventEnvelope): boolean => [signalDetected, interactionFailed, qualityEvaluated].some((definition) => isEvent(event, definition));

/** Keeps what a trace needs of the large events: the rest of their rows would fill the memory. */
const trimmed = (event: EventEnvelope, ids: ReadonlySet<string>): EventEnvelope => {
  if (isEvent(event, examplesAdded)) {
    const examples = event.data.examples.filter(({ exampleId, lineage }) => ids.has(exampleId) || lineage.interactionIds.some((interaction) => ids.has(interaction)));
    return { ...event, data: { ...event.data, examples } satisfies ExamplesAdded };
  }
  if (isEvent(event, opportunityRanked)) return { ...event, data: { ...event.data, interactionIds: event.data.interactionIds.filter((interaction) => ids.has(interaction)) } satisfies OpportunityRanked };
  return event;
};

/** Takes all events of the loop, in any order, and gives those that lead from or to one id, or from or to several of the same kind. */
export class TraceCollector {
  private readonly kept: Kept[] = [];
  private readonly ids: ReadonlySet<string>;

  constructor(...ids: readonly string[]) {
    this.ids = new Set(ids);
  }

  /**
   * Interactions that the ids stand for: an id of a single event about one, such as a signal, or of a request's trace. What came of them names the
   * interactions and not these ids, so that it takes another pass to find it.
   */
  get interactions(): string[] {
    const meant = this.kept.flatMap(({ event, links }) => (aboutOneInteraction(event) && (this.ids.has(event.id) || this.isOfTrace(event)) ? (links.interactions ?? []) : []));
    return [...new Set(meant)];
  }

  take(event: EventEnvelope): void {
    const links = linksOf(event);
    if (!links) return;
    const direct = this.names(event, links);
    // Most events are about other interactions.
    if (!direct && aboutOneInteraction(event)) return;
    this.kept.push({ event: trimmed(event, this.ids), links: aboutOneInteraction(event) ? links : { ...links, interactions: [] }, direct });
  }

  /** The events of the trace by time; of an opportunity that was ranked often, the first and the last ranking. */
  events(): EventEnvelope[] {
    const chosen = this.chosen();
    const ordered = [...chosen].sort((a, b) => Date.parse(a.time) - Date.parse(b.time));
    return ordered.filter((event, place) => {
      if (isEvent(event, opportunityRanked)) {
        const same = (other: EventEnvelope): boolean => isEvent(other, opportunityRanked) && other.data.opportunityId === event.data.opportunityId;
        return ordered.findIndex(same) === place || ordered.findLastIndex(same) === place;
      }
      // Rows of others tell nothing here: the dataset that closes them counts them.
      return !isEvent(event, examplesAdded) || event.data.examples.length > 0;
    });
  }

  private names(event: EventEnvelope, links: Links): boolean {
    const { ids } = this;
    const named = [event.id, event.correlationid, event.causationid, event.subject, links.conversation, links.cycle, links.version];
    // A cycle lists its datasets and opportunities; so it is found from these, and does not name them itself.
    const own = isEvent(event, trainingStarted) ? [] : [...(links.opportunities ?? []), ...(links.datasets ?? [])];
    const rows = isEvent(event, examplesAdded) && event.data.examples.some(({ exampleId }) => ids.has(exampleId));
    return rows || this.isOfTrace(event) || [...named, ...own, ...(links.interactions ?? [])].some((one) => one !== undefined && ids.has(one));
  }

  private isOfTrace({ traceparent }: EventEnvelope): boolean {
    return traceparent !== undefined && this.ids.has(traceIdOf(traceparent));
  }

  private chosen(): Set<EventEnvelope> {
    const direct = this.kept.filter((kept) => kept.direct);
    const cycles = new Set(direct.flatMap(({ links: { cycle } }) => cycle ?? []));
    // From a version, only the cycle that made it: later cycles name it as the one they replace.
    const made = this.kept.filter(({ event }) => isEvent(event, candidateRegistered) && this.ids.has(event.data.version)).flatMap(({ links: { cycle } }) => cycle ?? []);
    if (made.length > 0) {
      cycles.clear();
      for (const cycle of made) cycles.add(cycle);
    }
    const { opportunities, datasets } = cycles.size > 0 ? this.sourcesOf(cycles) : this.consequencesOf(direct, cycles);
    const versions = new Set(this.kept.flatMap(({ event }) => (isEvent(event, candidateRegistered) && cycles.has(event.data.cycleId) ? event.data.version : [])));
    const chosen = new Set(
      this.kept
        .filter(({ event, links, direct: named }) => {
          if (links.cycle !== undefined) return cycles.has(links.cycle);
          if (links.version !== undefined) return versions.has(links.version) || named;
          if (named) return true;
          if (links.datasets) return links.datasets.some((dataset) => datasets.has(dataset));
          // A cycle closes all of its opportunities; those of others are none of this trace.
          if (links.opportunities) return links.opportunities.some((opportunity) => opportunities.has(opportunity));
          return cycles.has(event.correlationid ?? '');
        })
        .map(({ event }) => event),
    );
    return this.withCaused(chosen);
  }

  /** Backwards from cycles: what they were trained on. */
  private sourcesOf(cycles: ReadonlySet<string>): { opportunities: Set<string>; datasets: Set<string> } {
    const started = this.kept.filter(({ event, links }) => isEvent(event, trainingStarted) && cycles.has(links.cycle ?? ''));
    return { opportunities: new Set(started.flatMap(({ links }) => links.opportunities ?? [])), datasets: new Set(started.flatMap(({ links }) => links.datasets ?? [])) };
  }

  /** Forwards from an interaction, opportunity or dataset: adds the cycles that learned from it to `cycles`. */
  private consequencesOf(direct: readonly Kept[], cycles: Set<string>): { opportunities: Set<string>; datasets: Set<string> } {
    const opportunities = new Set(direct.flatMap(({ event, links }) => (isEvent(event, examplesAdded) ? [] : (links.opportunities ?? []))));
    const datasets = new Set(direct.flatMap(({ links }) => links.datasets ?? []));
    for (const { links } of this.kept) {
      if (links.cycle === undefined && links.opportunities?.some((opportunity) => opportunities.has(opportunity))) for (const dataset of links.datasets ?? []) datasets.add(dataset);
    }
    for (const { event, links } of this.kept) {
      if (!isEvent(event, trainingStarted) || links.cycle === undefined) continue;
      if (event.data.datasetIds.some((dataset) => datasets.has(dataset)) || event.data.opportunityIds.some((opportunity) => opportunities.has(opportunity))) cycles.add(links.cycle);
    }
    return { opportunities, datasets };
  }

  /** Adds what the chosen events caused, and what that caused. */
  private withCaused(chosen: Set<EventEnvelope>): Set<EventEnvelope> {
    const byCause = Map.groupBy(this.kept, ({ event }) => event.causationid);
    // Events that are added while this goes on are visited, too.
    for (const cause of chosen) {
      // What a cycle's end causes for other opportunities is none of this trace.
      if (linksOf(cause)?.cycle !== undefined) continue;
      for (const { event, links } of byCause.get(cause.id) ?? []) if (links.cycle === undefined) chosen.add(event);
    }
    return chosen;
  }
}
