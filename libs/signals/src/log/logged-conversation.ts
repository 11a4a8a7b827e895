import { conversationEnded, feedbackGiven, handoffRequested, interactionCompleted, type Interaction, quickInteraction } from '@ratchet/domain';
import { z } from 'zod';
import type { TrackedEvent } from '../tracker/tracked-record.js';

/** An event of a log on file. `line` counts from 0, and gives the order of the results. */
export interface LoggedEvent {
  readonly event: TrackedEvent;
  readonly eventId: string;
  readonly line: number;
  /** Undefined where the log has no times. */
  readonly timeMs: number | undefined;
}

export interface LoggedConversation {
  readonly conversationId: string;
  readonly events: readonly LoggedEvent[];
}

/** Says what is wrong with a line, for the person who has to change it. */
export class LogLineError extends Error {
  override readonly name = 'LogLineError';
}

const turnSchema = z.object({ role: z.string().min(1), text: z.string(), at: z.iso.datetime({ offset: true }).optional() });
const transcriptSchema = z.object({
  id: z.string().min(1).max(150),
  turns: z.array(turnSchema).min(1),
  workload: z.string().min(1).max(200).default('default'),
  endedAt: z.iso.datetime({ offset: true }).optional(),
  taskCompleted: z.boolean().optional(),
});
type Transcript = z.infer<typeof transcriptSchema>;
type Turn = z.infer<typeof turnSchema>;

const envelopeSchema = z.object({ specversion: z.literal('1.0'), id: z.string().min(1), type: z.string(), time: z.iso.datetime({ offset: true }).optional(), data: z.unknown() });

/** Reads one parsed line: a structured CloudEvent, or a conversation `{id, turns: [{role, text, at?}]}`. Throws a {@link LogLineError}. */
export const readLogLine = (value: unknown, line: number): LoggedEvent[] => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new LogLineError('expected a JSON object: a conversation {id, turns}, or a CloudEvent');
  if ('turns' in value) return eventsOfTranscript(checked(transcriptSchema, value), line);
  if (!('specversion' in value)) throw new LogLineError('expected a conversation {id, turns: [{role, text, at?}]}, or a CloudEvent with specversion "1.0"');
  const { id, type, time, data } = checked(envelopeSchema, value);
  const event = eventOf(type, data);
  return [{ event, eventId: id, line, timeMs: Date.parse(time ?? ownTimeOf(event)) }];
};

/** Groups events by conversation, in the order of their first lines; events of one conversation stay in the order of the file. */
export const groupByConversation = (events: Iterable<LoggedEvent>): LoggedConversation[] => {
  const groups = new Map<string, LoggedEvent[]>();
  for (const logged of events) {
    if (logged.event.type === 'ratchet.clock.advanced') continue;
    const id = logged.event.data.conversationId;
    const group = groups.get(id);
    if (group === undefined) groups.set(id, [logged]);
    else group.push(logged);
  }
  return [...groups].map(([conversationId, grouped]) => ({ conversationId, events: grouped }));
};

const checked = <T>(schema: z.ZodType<T>, value: unknown): T => {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new LogLineError(`${issue?.path.join('.') || 'the object'}: ${issue?.message ?? 'is not valid'}`);
};

const eventOf = (type: string, data: unknown): TrackedEvent => {
  switch (type) {
    case 'ratchet.interaction.completed':
      return { type, data: quickInteraction(data) ?? checked(interactionCompleted.schema, data) };
    case 'ratchet.feedback.given':
      return { type, data: checked(feedbackGiven.schema, data) };
    case 'ratchet.handoff.requested':
      return { type, data: checked(handoffRequested.schema, data) };
    case 'ratchet.conversation.ended':
      return { type, data: checked(conversationEnded.schema, data) };
    default:
      throw new LogLineError(`type: "${type}" is none of ratchet.interaction.completed, ratchet.feedback.given, ratchet.handoff.requested, ratchet.conversation.ended`);
  }
};

const ownTimeOf = (event: TrackedEvent): string => {
  switch (event.type) {
    case 'ratchet.interaction.completed':
      return new Date(Date.parse(event.data.startedAt) + event.data.latencyMs).toISOString();
    case 'ratchet.feedback.given':
      return event.data.givenAt;
    case 'ratchet.handoff.requested':
      return event.data.requestedAt;
    case 'ratchet.conversation.ended':
      return event.data.endedAt;
    case 'ratchet.clock.advanced':
      return event.data.advancedTo;
  }
};

const UNTIMED = new Date(0).toISOString();

/** Turns of one speaker in a row are one message; each reply to a user's message is an interaction, named by the reply's place: `<id>#<turn>`. */
const eventsOfTranscript = (transcript: Transcript, line: number): LoggedEvent[] => {
  const { id, workload, turns } = transcript;
  const timed = turns.every(({ at }) => at !== undefined);
  const blocks = blocksOf(turns);
  const events: LoggedEvent[] = [];
  blocks.forEach((block, i) => {
    const asked = blocks[i - 1];
    if (block.role !== 'assistant' || asked?.role !== 'user') return;
    const startedAt = asked.endedAt ?? UNTIMED;
    const latencyMs = timed ? Math.max(0, Date.parse(block.startedAt ?? UNTIMED) - Date.parse(startedAt)) : 0;
    const interactionId = `${id}#${block.firstTurn}`;
    const data: Interaction = {
      interactionId,
      conversationId: id,
      workload,
      model: 'transcript',
      version: 'transcript',
      input: [{ role: 'user', content: asked.text }],
      output: { content: block.text },
      startedAt,
      latencyMs,
    };
    events.push({ event: { type: 'ratchet.interaction.completed', data }, eventId: interactionId, line, timeMs: timed ? Date.parse(startedAt) + latencyMs : undefined });
  });
  events.push(...endOf(transcript, { line, timed, lastBlock: blocks.at(-1) }));
  return events;
};

interface Block {
  readonly role: string;
  readonly text: string;
  readonly firstTurn: number;
  readonly startedAt: string | undefined;
  readonly endedAt: string | undefined;
}

const blocksOf = (turns: readonly Turn[]): Block[] => {
  const blocks: Block[] = [];
  turns.forEach(({ role, text, at }, i) => {
    const last = blocks.at(-1);
    if (last?.role === role) blocks[blocks.length - 1] = { ...last, text: `${last.text}\n${text}`, endedAt: at };
    else blocks.push({ role, text, firstTurn: i, startedAt: at, endedAt: at });
  });
  return blocks;
};

/**
 * A closing message of the user has no reply; it is read as the next turn all the same, by an interaction that gives no result.
 * A log with times says when the conversation ended: with its last turn, unless `endedAt` says otherwise.
 */
const endOf = ({ id, workload, turns, endedAt, taskCompleted }: Transcript, { line, timed, lastBlock }: { line: number; timed: boolean; lastBlock: Block | undefined }): LoggedEvent[] => {
  const events: LoggedEvent[] = [];
  const lastAt = turns.at(-1)?.at ?? UNTIMED;
  const end = endedAt ?? lastAt;
  if (lastBlock?.role === 'user') {
    const eventId = `${id}#${turns.length}${CLOSING_SUFFIX}`;
    const data: Interaction = {
      interactionId: eventId,
      conversationId: id,
      workload,
      model: 'transcript',
      version: 'transcript',
      input: [{ role: 'user', content: lastBlock.text }],
      output: { content: '' },
      startedAt: lastBlock.startedAt ?? UNTIMED,
      latencyMs: 0,
    };
    events.push({ event: { type: 'ratchet.interaction.completed', data }, eventId, line, timeMs: timed ? Date.parse(data.startedAt) : undefined });
  }
  if (timed || endedAt !== undefined || taskCompleted !== undefined) {
    const data = { conversationId: id, endedAt: end, ...(taskCompleted !== undefined && { taskCompleted }) };
    events.push({ event: { type: 'ratchet.conversation.ended', data }, eventId: `${id}#ended`, line, timeMs: timed ? Date.parse(end) : undefined });
  }
  return events;
};

export const CLOSING_SUFFIX = ':closing';
