import { isEvent, topics } from '@ratchet/contracts';
import { interactionFailed, opportunityRanked } from '@ratchet/domain';
import type { KafkaClient } from '@ratchet/kafka';
import { readEvents } from '../stack/read-topics.js';

/** What the model answered in failed interactions, by interaction id. */
export const readFailedAnswers = async (kafka: KafkaClient, wanted: ReadonlySet<string>): Promise<Map<string, string>> => {
  const answers = new Map<string, string>();
  if (wanted.size === 0) return answers;
  await readEvents({
    kafka,
    // An opportunity still shows a few failures of its own after the signals topic has let them go.
    topics: [topics.signals.name, topics.opportunities.name],
    onEvent: (event) => {
      if (isEvent(event, interactionFailed) && wanted.has(event.data.interactionId)) answers.set(event.data.interactionId, event.data.response);
      else if (isEvent(event, opportunityRanked)) for (const { interactionId, response } of event.data.representatives) if (wanted.has(interactionId) && !answers.has(interactionId)) answers.set(interactionId, response);
    },
  });
  return answers;
};
