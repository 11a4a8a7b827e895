import kafkajs from 'kafkajs';
import type { LogEntry } from 'kafkajs';
import type { Logger } from '@ratchet/observability';

const { logLevel } = kafkajs;

/**
 * Expected while a broker starts, a group moves or a partition changes its leader: the client tries again by itself. One entry a kind;
 * kinds that go on are told apart in the log.
 */
const passing = [
  /coordinator is loading/i,
  /group coordinator is not available/i,
  /not the correct coordinator/i,
  /group is rebalancing/i,
  /leadership election|no leader for this topic-partition/i,
  /does not host this topic-partition/i,
  /concurrent operation on the same transaction/i,
] as const;

/** We give up after some tries and say so: the outbox, the spool or the log itself then sends again, and consumers know an event by its id. */
const accepted = /Limiting retries for the idempotent producer/;
/** Services that start together race to make the topics. Who asks for them has the reasons, which this line leaves out, and tells of those that matter. */
const toldElsewhere = /^Response CreateTopics\(/;
/** The client has given up: whatever the reason was, somebody must see it. */
const givenUp = /^(Crash|Restarting the consumer)/;

/** What is expected to pass and has not for so long is a warning, repeated after as long again. */
export const PASSES_WITHIN_MS = 30_000;

interface Spell {
  lastMs: number;
  /** When it was last told, or began. */
  warnedMs: number;
}

/** Hands the Kafka client's own log on to ours. */
export const forwardKafkaLog = (logger: Logger, now: () => number = Date.now): ((entry: LogEntry) => void) => {
  const spells = new Map<string, Spell>();

  /** True where this kind of trouble, without a pause as long as the limit, has lasted longer than it, and was not told since. */
  const isOverdue = (kind: string): boolean => {
    const nowMs = now();
    const known = spells.get(kind);
    const spell = known && nowMs - known.lastMs <= PASSES_WITHIN_MS ? known : { lastMs: nowMs, warnedMs: nowMs };
    spells.set(kind, spell);
    spell.lastMs = nowMs;
    if (nowMs - spell.warnedMs < PASSES_WITHIN_MS) return false;
    spell.warnedMs = nowMs;
    return true;
  };

  return ({ namespace, level, log }) => {
    const message = `kafka: ${log.message}`;
    const error = typeof log['error'] === 'string' ? log['error'] : undefined;
    const groupId = typeof log['groupId'] === 'string' ? log['groupId'] : undefined;
    const fields = { namespace, ...(error !== undefined && { error }), ...(groupId !== undefined && { groupId }) };
    const kind = givenUp.test(log.message) ? undefined : passing.find((pattern) => pattern.test(log.message) || pattern.test(error ?? ''));
    if (level > logLevel.WARN || accepted.test(log.message) || toldElsewhere.test(log.message)) return logger.debug(message, fields);
    if (kind) {
      if (isOverdue(`${kind.source} ${groupId ?? ''}`)) return logger.warn(`${message} (for more than ${PASSES_WITHIN_MS / 1_000} s)`, fields);
      return logger.debug(message, fields);
    }
    if (level === logLevel.ERROR) return logger.error(message, fields);
    return logger.warn(message, fields);
  };
};
