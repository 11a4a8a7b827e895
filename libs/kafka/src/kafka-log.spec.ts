import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Logger } from '@ratchet/observability';
import { forwardKafkaLog, PASSES_WITHIN_MS, passesByItself } from './kafka-log.js';

const ERROR = 1;
const WARN = 2;
let lines: string[];
let nowMs: number;
let forward: ReturnType<typeof forwardKafkaLog>;

beforeEach(() => {
  lines = [];
  nowMs = 0;
  const take = (level: string) => (message: string, fields: object) => void lines.push(`${level} ${message} ${JSON.stringify(fields)}`);
  forward = forwardKafkaLog({ debug: take('debug'), info: take('info'), warn: take('warn'), error: take('error') } as unknown as Logger, () => nowMs);
});

const say = (level: number, message: string, extra: object = {}): string | undefined => {
  forward({ namespace: 'Connection', level, label: '', log: { timestamp: '', message, logger: 'kafkajs', ...extra } });
  return lines.at(-1)?.split(' ', 1)[0];
};
const coordinator = { error: 'The group coordinator is not available', groupId: 'g' };

describe("the client's own log", () => {
  it('keeps errors and warnings', () => {
    expect(say(ERROR, 'Connection error: read ECONNRESET')).toBe('error');
    expect(say(WARN, 'something odd')).toBe('warn');
  });

  it.each([
    'The group coordinator is not available',
    "The coordinator is loading and hence can't process requests for this group",
    'This is not the correct coordinator for this group',
    'The group is rebalancing, so a rejoin is needed',
    'Specified group generation id is not valid',
    'There is no leader for this topic-partition as we are in the middle of a leadership election',
    'This server does not host this topic-partition',
  ])('says nothing of what passes by itself: %s', (error) => {
    expect(say(ERROR, 'Response Fetch(key: 1, version: 11)', { error })).toBe('debug');
    nowMs = PASSES_WITHIN_MS - 1;
    expect(say(ERROR, 'Response Fetch(key: 1, version: 11)', { error })).toBe('debug');
  });

  it('tells what passes by itself, in the message or in its error, from what does not', () => {
    expect(passesByItself('Response OffsetCommit(key: 8, version: 5)', 'Specified group generation id is not valid')).toBe(true);
    expect(passesByItself('Crash: KafkaJSProtocolError: The group is rebalancing, so a rejoin is needed')).toBe(true);
    expect(passesByItself('Response OffsetCommit(key: 8, version: 5)', 'Not authorized to access group')).toBe(false);
  });

  it('warns where it lasts, once in each such time, and begins anew after a pause', () => {
    const levels: (string | undefined)[] = [];
    for (nowMs = 0; nowMs <= 3 * PASSES_WITHIN_MS; nowMs += PASSES_WITHIN_MS / 3) levels.push(say(ERROR, 'Response', coordinator));
    expect(levels.join(' ')).toBe('debug debug debug warn debug debug warn debug debug warn');
    expect(lines[3]).toContain('for more than 30 s');
    nowMs += 2 * PASSES_WITHIN_MS;
    expect(say(ERROR, 'Response', coordinator)).toBe('debug');
  });

  it('does not take the trouble of one group for that of another', () => {
    for (nowMs = 0; nowMs < PASSES_WITHIN_MS; nowMs += 1_000) say(ERROR, 'Response', coordinator);
    expect(say(ERROR, 'Response', { ...coordinator, groupId: 'other' })).toBe('debug');
    expect(say(ERROR, 'Response', coordinator)).toBe('warn');
  });

  it('tells of a consumer that crashes, and not of one that begins again because a coordinator loads, unless that lasts', () => {
    expect(say(ERROR, 'Crash: KafkaJSNonRetriableError: refused')).toBe('error');
    expect(say(ERROR, 'Restarting the consumer in 100ms')).toBe('debug');
    const levels: (string | undefined)[] = [];
    for (nowMs = 0; nowMs <= PASSES_WITHIN_MS; nowMs += PASSES_WITHIN_MS / 2) levels.push(say(ERROR, "Crash: KafkaJSProtocolError: The coordinator is loading and hence can't process requests for this group", { groupId: 'g' }));
    expect(levels).toEqual(['debug', 'debug', 'warn']);
  });

  it('tells of each broker that is away at once, and then now and again', () => {
    const refused = (port: number): string | undefined => say(ERROR, `Connection error: connect ECONNREFUSED 127.0.0.1:${port}`);
    expect([refused(1), refused(1), refused(2)]).toEqual(['error', 'debug', 'error']);
    const levels: (string | undefined)[] = [];
    for (nowMs = 1_000; nowMs <= PASSES_WITHIN_MS; nowMs += 1_000) levels.push(refused(1));
    expect(levels.filter((level) => level === 'error')).toHaveLength(1);
    expect(levels.at(-1)).toBe('error');
    nowMs += 2 * PASSES_WITHIN_MS;
    expect(refused(1)).toBe('error');
  });

  it('says nothing of a transaction that has to wait for the end of the last one, however often that is', () => {
    const error = 'The producer attempted to update a transaction while another concurrent operation on the same transaction was ongoing';
    for (nowMs = 0; nowMs <= 2 * PASSES_WITHIN_MS; nowMs += 1_000) {
      expect(say(ERROR, 'Response AddPartitionsToTxn(key: 24, version: 1)', { error })).toBe('debug');
      expect(say(ERROR, `Failed to send messages: ${error}`)).toBe('debug');
    }
  });

  it('leaves topics that could not be made to who asked for them', () => {
    expect(say(ERROR, 'Response CreateTopics(key: 19, version: 3)', { error: 'Topic creation errors' })).toBe('debug');
  });

  it('repeats no more of an entry than its message, error and group', () => {
    say(ERROR, 'Response', { error: 'refused', groupId: 'g', payload: 'secret', stack: 'secret' });
    expect(lines[0]).toBe('error kafka: Response {"namespace":"Connection","error":"refused","groupId":"g"}');
  });
});
