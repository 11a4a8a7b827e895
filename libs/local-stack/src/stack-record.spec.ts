import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { parseRecord, readRecord, withoutProcess, writeRecord } from './stack-record.js';

describe("a data folder's record", () => {
  it('is read as it was written, and leaves no other file behind', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'ratchet-record-'));
    const record = { kafka: { mode: 'embedded', port: 20_001, pid: 7, marker: '/data/kafka' } } as const;
    await writeRecord({ dataDir, record });
    expect(await readRecord(dataDir)).toEqual(record);
    expect(await readdir(dataDir)).toEqual(['stack.json']);
    await rm(dataDir, { recursive: true });
  });

  it.each([
    ['nothing', ''],
    ['half a file', '{"format":1,"kafka":{'],
    ['another format', '{"format":2,"kafka":{"mode":"embedded"}}'],
    ['an unknown mode', '{"format":1,"kafka":{"mode":"cloud"}}'],
    ['a port that is no number', '{"format":1,"kafka":{"mode":"embedded","port":"9092"}}'],
    ['a process id that would signal a whole group', '{"format":1,"kafka":{"mode":"embedded","pid":-1}}'],
  ])('counts as empty when it holds %s', (_what, text) => {
    expect(parseRecord(text)).toEqual({});
  });

  it('keeps the good service when the other is damaged', () => {
    const text = '{"format":1,"kafka":7,"postgres":{"mode":"embedded","port":20002}}';
    expect(parseRecord(text)).toEqual({ postgres: { mode: 'embedded', port: 20_002 } });
  });

  it('remembers ports, but no processes, of a service that was stopped', () => {
    const stopped = withoutProcess({ mode: 'embedded', port: 1, controllerPort: 2, pid: 3, supervisorPid: 4, marker: '/m' });
    expect(stopped).toEqual({ mode: 'embedded', port: 1, controllerPort: 2, marker: '/m' });
  });
});
