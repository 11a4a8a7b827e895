import { describe, expect, it } from '@jest/globals';
import { commandSchema, userHashOf } from '@ratchet/domain';
import { recordableCommand } from './recordable-command.js';

const fields = { commandId: 'c', actor: 'ann', reason: 'asked by mail', model: 'm', workload: 'w', issuedAt: '2026-01-01T00:00:00Z' };

describe('recordableCommand', () => {
  it('names an erased user by hash', () => {
    const kept = recordableCommand(commandSchema.parse({ name: 'user.erase', ...fields, userId: 'user-77' }));
    expect(kept).toEqual({ name: 'user.erase', ...fields, userHash: userHashOf('user-77') });
  });

  it("leaves out a reviewer's answer, and nothing of other commands", () => {
    expect(JSON.stringify(recordableCommand(commandSchema.parse({ name: 'review.edit', ...fields, exampleId: 'e', output: 'Open Plan.' })))).not.toContain('Open Plan');
    const hold = commandSchema.parse({ name: 'automation.hold', ...fields });
    expect(recordableCommand(hold)).toBe(hold);
  });
});
