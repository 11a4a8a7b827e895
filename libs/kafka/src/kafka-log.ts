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
  // A commit of who was a member before the group moved: it joins again, and what was not committed is read again.
  /group generation id is not valid/i,
  /leadership election|no leader for this topic-partition/i,
  /does not host this topic-partition/i,
] as const;

/** A broker that is away is an error, and is one again and again: it is told at once, and then as often as trouble that lasts. */
const away = [/^Connection (error|timeout)/, /^Failed to connect to seed broker/] as const;
/** We give up after some tries and say so: the outbox, the spool or the log itself then sends again, and consumers know an event by its id. */
const accepted = /Limiting retries for the idempotent producer/;
/** The broker still writes the end of the producer's last transaction. It is asked again at once; if that does not help, the transaction fails, and says so. */
const betweenTransactions = /concurrent operation on the same transaction/;
/** Services that start together race to make the topics. Who asks for them has the reasons, which this line leaves out, and tells of those that matter. */
const toldElsewhere = /^Response CreateTopics\(/;
/** Follows a crash, which has been told by itself. */
const restarting = /^Restarting the consumer/;

const kindOf = (...texts: readonly string[]): RegExp | undefined => passing.find((pattern) => texts.some((text) => pattern.test(text)));

/** Whether what the client said is expected to pass by itself. */
export const passesByItself = (...texts: readonly string[]): boolean => kindOf(...texts) !== undefined;

/** What is expected to pass and has not for so long is a warning, repeated after as long again. */
export const PASSES_WITHIN_MS = 30_000;

interface Spell {
  readonly lastMs: number;
  /** When it was last told, or began. */
  readonly warnedMs: number;
}

/** Hands the Kafka client's own log on to ours. */
export const forwardKafkaLog = (logger: Logger, now: () => number = Date.now): ((entry: LogEntry) => void) => {
  const spells = new Map<string, Spell>();

  /** Whether this kind of trouble begins, that is after a pause as long as the limit, or has lasted for the limit since it was told. */
  const phaseOf = (kind: string): 'begins' | 'goes on' | 'overdue' => {
    const nowMs = now();
    const known = spells.get(kind);
    const goesOn = known !== undefined && nowMs - known.lastMs <= PASSES_WITHIN_MS;
    const isOverdue = goesOn && nowMs - known.warnedMs >= PASSES_WITHIN_MS;
    spells.set(kind, { lastMs: nowMs, warnedMs: goesOn && !isOverdue ? known.warnedMs : nowMs });
    if (!goesOn) return 'begins';
    return isOverdue ? 'overdue' : 'goes on';
  };

  return ({ namespace, level, log }) => {
    // In places the client gives the error itself for a message.
    const text = String(log.message);
    const message = `kafka: ${text}`;
    const error = typeof log['error'] === 'string' ? log['error'] : undefined;
    const groupId = typeof log['groupId'] === 'string' ? log['groupId'] : undefined;
    const fields = { namespace, ...(error !== undefined && { error }), ...(groupId !== undefined && { groupId }) };
    const kind = kindOf(text, error ?? '');
    const isOrdinary = betweenTransactions.test(`${text} ${error}`) || [accepted, toldElsewhere, restarting].some((pattern) => pattern.test(text));
    if (level > logLevel.WARN || isOrdinary) return logger.debug(message, fields);
    if (kind) {
      if (phaseOf(`${kind.source} ${groupId ?? ''}`) === 'overdue') return logger.warn(`${message} (for more than ${PASSES_WITHIN_MS / 1_000} s)`, fields);
      return logger.debug(message, fields);
    }
    if (away.some((pattern) => pattern.test(text)) && phaseOf(text) === 'goes on') return logger.debug(message, fields);
    if (level === logLevel.ERROR) return logger.error(message, fields);
    return logger.warn(message, fields);
  };
};
