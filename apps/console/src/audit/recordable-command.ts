import { userHashOf } from '@ratchet/domain';
import type { Command } from '@ratchet/domain';

/** A command as it is kept: an erased user by hash alone, and no answer that a reviewer wrote, since both may have to go. */
export const recordableCommand = (command: Command): object => {
  if (command.name === 'user.erase') {
    const { userId, ...rest } = command;
    return { ...rest, userHash: userHashOf(userId) };
  }
  return command.name === 'review.edit' ? withoutOutput(command) : command;
};

const withoutOutput = ({ output: _, ...rest }: Extract<Command, { name: 'review.edit' }>): object => rest;
