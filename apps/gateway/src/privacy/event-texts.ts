import { isEvent, type EventEnvelope } from '@ratchet/contracts';
import { CONTENT_ATTRIBUTE, feedbackGiven, handoffRequested, interactionCompleted, type Feedback, type Interaction } from '@ratchet/domain';

type Attributes = NonNullable<Interaction['attributes']>;

const mapAttributes = (attributes: Attributes, change: (text: string) => string): Attributes =>
  Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, typeof value === 'string' ? change(value) : value]));

const interactionWith = (data: Interaction, change: (text: string) => string): Interaction => ({
  ...data,
  input: data.input.map(({ role, content }) => ({ role, content: change(content) })),
  output: data.output === null ? null : { ...data.output, content: change(data.output.content) },
  ...(data.error && { error: { type: data.error.type, message: change(data.error.message) } }),
  ...(data.attributes && { attributes: mapAttributes(data.attributes, change) }),
});

const feedbackWith = (data: Feedback, change: (text: string) => string): Feedback => ({
  ...data,
  ...(typeof data.value === 'string' && { value: change(data.value) }),
  ...(data.comment !== undefined && { comment: change(data.comment) }),
  ...(data.correction !== undefined && { correction: change(data.correction) }),
});

/** The event with all that people and models wrote changed; ids, names and numbers stay. */
export const mapTexts = (event: EventEnvelope, change: (text: string) => string): EventEnvelope => {
  if (isEvent(event, interactionCompleted)) return { ...event, data: interactionWith(event.data, change) };
  if (isEvent(event, feedbackGiven)) return { ...event, data: feedbackWith(event.data, change) };
  if (isEvent(event, handoffRequested) && event.data.channel !== undefined) return { ...event, data: { ...event.data, channel: change(event.data.channel) } };
  return event;
};

/** The event with the ids of people changed. */
export const mapUserIds = (event: EventEnvelope, change: (id: string) => string): EventEnvelope => {
  if (isEvent(event, interactionCompleted) && event.data.userId !== undefined) return { ...event, data: { ...event.data, userId: change(event.data.userId) } };
  if (isEvent(event, feedbackGiven) && event.data.source.id !== undefined) return { ...event, data: { ...event.data, source: { ...event.data.source, id: change(event.data.source.id) } } };
  return event;
};

const without = (data: object, names: readonly string[]): object => Object.fromEntries(Object.entries(data).filter(([name]) => !names.includes(name)));

/** The event with nothing that people and models wrote: roles, lengths of lists, numbers, thumbs and ticked reasons are left. */
export const dropTexts = (event: EventEnvelope): EventEnvelope => {
  if (isEvent(event, interactionCompleted)) {
    const { attributes = {}, ...data } = interactionWith(event.data, () => '');
    const kept = Object.fromEntries(Object.entries(attributes).filter(([, value]) => typeof value !== 'string'));
    return { ...event, data: { ...data, attributes: { ...kept, [CONTENT_ATTRIBUTE]: 'none' } } };
  }
  if (isEvent(event, feedbackGiven)) {
    const { name, value } = event.data;
    const isText = typeof value === 'string' && name !== 'thumbs';
    return { ...event, data: without(event.data, ['comment', 'correction', ...(isText ? ['value'] : [])]) };
  }
  return isEvent(event, handoffRequested) ? { ...event, data: without(event.data, ['channel']) } : event;
};
