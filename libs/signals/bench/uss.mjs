// Shared by the benches: public dialogues as interactions, with what people said of them.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { detectConversations, groupByConversation, readLogLine } from '@ratchet/signals';

export const SETS = ['uss_sgd', 'uss_mwoz', 'uss_redial', 'uss_ccpe'];

export const dataFolder = () => {
  const folder = process.env.RATCHET_DATA_DIR;
  if (folder) return folder;
  console.error('Set RATCHET_DATA_DIR to the folder with uss_sgd.jsonl, uss_mwoz.jsonl, uss_redial.jsonl and uss_ccpe.jsonl.');
  process.exit(3);
};

export const hasFile = (set) => existsSync(join(dataFolder(), `${set}.jsonl`));

export const readDialogues = (set) =>
  readFileSync(join(dataFolder(), `${set}.jsonl`), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

const detect = (dialogues, options) => {
  const events = dialogues.flatMap(({ id, turns, endedAt }, i) => readLogLine({ id, turns, ...(endedAt && { endedAt }) }, i));
  return new Map(detectConversations(groupByConversation(events), options).map((detection) => [detection.interactionId, detection]));
};
const textsOf = (turns) => turns.map(({ role, text }) => ({ role, text }));

/** One row per user turn with a label (mean satisfaction below 3): the detection of the interaction before it, undefined for a user's opening message. */
export const labelledTurns = (dialogues, options = {}) => {
  const byId = detect(dialogues.map(({ id, turns }) => ({ id, turns: textsOf(turns) })), options);
  return dialogues.flatMap(({ id, turns }) => {
    const rows = [];
    let replyAt;
    let asked = false;
    turns.forEach(({ role, satisfaction }, i) => {
      if (role === 'assistant') {
        if (turns[i - 1]?.role !== 'assistant') replyAt = i;
        return;
      }
      if (turns[i - 1]?.role === 'user') return;
      if (typeof satisfaction === 'number') rows.push({ id, label: satisfaction < 3 ? 1 : 0, detection: asked ? byId.get(`${id}#${replyAt}`) : undefined });
      asked = true;
    });
    return rows;
  });
};

/** Detections of replies, by the place of the reply: those in a row are one, as the detector reads them. */
const repliesOf = (dialogues, options) => {
  const byId = detect(dialogues.map(({ id, turns }) => ({ id, turns: textsOf(turns) })), options);
  return dialogues.flatMap(({ id, turns }) => {
    let replyAt;
    return turns.flatMap((turn, i) => {
      if (turn.role !== 'assistant') return [];
      if (turns[i - 1]?.role !== 'assistant') replyAt = i;
      const detection = byId.get(`${id}#${replyAt}`);
      return detection === undefined ? [] : [{ turn, probability: detection.failureProbability }];
    });
  });
};

/** Replies that about thirty people judged: fine (O), possibly a breakdown (T), a breakdown (X). */
export const breakdownTurns = (dialogues, options = {}) =>
  repliesOf(dialogues, options).flatMap(({ turn, probability }) => (turn.breakdown === undefined ? [] : [{ breakdown: turn.breakdown, probability }]));

/** Replies that the user gave a thumb; the detector does not see it. */
export const thumbedTurns = (dialogues, options = {}) =>
  repliesOf(dialogues, options).flatMap(({ turn, probability }) => (turn.thumb === undefined || turn.thumb === null ? [] : [{ label: turn.thumb === 'down' ? 1 : 0, probability }]));

/** Turns with times: only the session's are known, so that its turns are spread evenly over it. */
const timed = ({ turns, started_at: startedAt, duration_s: seconds }) => {
  const startMs = Date.parse(`${startedAt.replace(' ', 'T')}Z`);
  return turns.map(({ role, text }, i) => ({ role, text, at: new Date(startMs + (1_000 * seconds * i) / Math.max(1, turns.length - 1)).toISOString() }));
};

/** Sessions that the user rated 1 to 5 and in which there was a reply, by the probability of their last interaction; failed is 1 or 2. */
export const ratedSessions = (dialogues, options = {}) => {
  const rated = dialogues.filter(({ rating }) => typeof rating === 'number');
  const last = new Map();
  for (const { conversationId, failureProbability } of detect(rated.map((dialogue) => ({ id: dialogue.id, turns: timed(dialogue) })), options).values()) last.set(conversationId, failureProbability);
  return rated.flatMap(({ id, rating }) => (last.has(id) ? [{ label: rating <= 2 ? 1 : 0, probability: last.get(id) }] : []));
};
