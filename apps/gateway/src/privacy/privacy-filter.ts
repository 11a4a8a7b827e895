import { createHash, createHmac } from 'node:crypto';
import { isEvent, type EventEnvelope } from '@ratchet/contracts';
import { interactionCompleted } from '@ratchet/domain';
import { describeError, type Logger, type Metrics } from '@ratchet/observability';
import { Redactor } from '@ratchet/redaction';
import { dropTexts, mapTexts, mapUserIds } from './event-texts.js';
import { policyOf, strictestPolicy, type PrivacyConfig, type PrivacyPolicy } from './privacy-policy.js';

/** The salt keeps this choice independent of every other one that is made by a hash of the same id. */
const SALT = 'record:';

/** Whether a conversation is recorded: by its id, so that all of it is or nothing, at whatever gateway it arrives. */
export const isRecorded = (conversationId: string, share: number): boolean =>
  share >= 1 || createHash('sha256').update(SALT + conversationId).digest().readUInt32BE(0) < share * 2 ** 32;

interface Prepared extends Pick<PrivacyPolicy, 'content' | 'recordShare' | 'userIdKey'> {
  readonly redactor: Redactor;
}

export interface PrivacyFilterOptions {
  readonly config: PrivacyConfig;
  /** The workload of a conversation, where it is known. */
  readonly workloadOf: (conversationId: string) => string | undefined;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

/** What of an event may be recorded: all events pass here, from whichever door, before they are encoded. */
export class PrivacyFilter {
  private readonly byWorkload = new Map<string, Prepared>();
  private readonly general: Prepared;
  private readonly unknown: Prepared;
  private readonly unrecorded;
  private readonly redactions;

  constructor(private readonly options: PrivacyFilterOptions) {
    const { config, metrics } = options;
    this.unrecorded = metrics.counter({ name: 'ratchet_gateway_events_unrecorded_total', help: 'Events that were not recorded, by reason', labelNames: ['reason'] });
    this.redactions = metrics.counter({ name: 'ratchet_gateway_redactions_total', help: 'Places in texts that were replaced, by kind', labelNames: ['kind'] });
    this.general = this.prepare(policyOf(config, ''));
    this.unknown = this.prepare(strictestPolicy(config));
    for (const workload of Object.keys(config.workloads)) this.byWorkload.set(workload, this.prepare(policyOf(config, workload)));
  }

  /** The event as it may be recorded; undefined where it may not. */
  apply(event: EventEnvelope): EventEnvelope | undefined {
    const { conversationId } = event.data as { conversationId: string };
    const { content, recordShare, userIdKey, redactor } = this.policyFor(event, conversationId);
    if (!isRecorded(conversationId, recordShare)) {
      this.unrecorded.inc({ reason: 'not_sampled' });
      return undefined;
    }
    const named = userIdKey === undefined ? event : mapUserIds(event, (id) => createHmac('sha256', userIdKey).update(id).digest('base64url'));
    if (content === 'none') return dropTexts(named);
    if (redactor.isIdle) return named;
    try {
      return mapTexts(named, (text) => redactor.redact(text));
    } catch (error) {
      // What could not be redacted is not recorded.
      this.unrecorded.inc({ reason: 'redaction_failed' });
      this.options.logger.error('a text could not be redacted: its event is not recorded', describeError(error));
      return undefined;
    }
  }

  private policyFor(event: EventEnvelope, conversationId: string): Prepared {
    const workload = isEvent(event, interactionCompleted) ? event.data.workload : (event.extensions?.['workload'] ?? this.options.workloadOf(conversationId));
    if (workload === undefined) return this.unknown;
    return this.byWorkload.get(workload) ?? this.general;
  }

  private prepare(policy: PrivacyPolicy): Prepared {
    const { content, recordShare, userIdKey } = policy;
    return { content, recordShare, userIdKey, redactor: new Redactor(policy, (kind, count) => this.redactions.inc({ kind }, count)) };
  }
}
