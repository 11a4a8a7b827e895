import type { PartitionTask } from '@ratchet/kafka';
import { RatchetError } from '@ratchet/observability';
import { contract } from '../contract.js';
import { ConversationTask } from '../conversation-task.js';
import type { ConversationTaskOptions } from '../conversation-task.js';
import { ReferenceTask } from './reference-task.js';

/** What the process runs on each partition. */
export interface Profile {
  /** Positions carry a task's state, so each profile has a group of its own. */
  readonly groupId: string;
  readonly createTask: (options: ConversationTaskOptions) => PartitionTask & { readonly openConversations: number };
}

const profiles: Readonly<Record<string, Profile>> = {
  full: { groupId: contract.service, createTask: (options) => new ConversationTask(options) },
  reference: { groupId: `${contract.service}-reference`, createTask: (options) => new ReferenceTask(options) },
};

/** `--profile reference` runs the job of the benchmarks in place of the detectors. @throws {RatchetError} `bad_configuration` for a profile that does not exist. */
export const profileOf = (args: readonly string[]): Profile => {
  const at = args.indexOf('--profile');
  const name = at < 0 ? 'full' : (args[at + 1] ?? '');
  const profile = Object.hasOwn(profiles, name) ? profiles[name] : undefined;
  if (!profile) throw new RatchetError({ code: 'bad_configuration', message: `there is no profile ${JSON.stringify(name)}: choose one of ${Object.keys(profiles).join(', ')}` });
  return profile;
};
