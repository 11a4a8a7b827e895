import { type Command, commandSchema } from '@ratchet/domain';
import { z } from 'zod';
import type { Role } from './access.js';

type Name = Command['name'];
type OrderOf<C> = C extends Command ? Omit<C, 'commandId' | 'actor' | 'issuedAt'> : never;

/** A command as a person orders it: who and when is added by the console. */
export type CommandOrder = OrderOf<Command>;

type Variant = z.ZodObject<{ name: z.ZodLiteral<Name> }>;
const variants = commandSchema.options.map((option) => (option as z.ZodObject).omit({ commandId: true, actor: true, issuedAt: true }) as unknown as Variant);

export const commandOrderSchema = z.discriminatedUnion('name', variants as [Variant, ...Variant[]]) as unknown as z.ZodType<CommandOrder>;

export const commandAcceptedSchema = z.object({ commandId: z.string() });

const reviewers: readonly Name[] = ['review.claim', 'review.release', 'review.approve', 'review.reject', 'review.edit', 'review.reopen'];
const admins: readonly Name[] = ['user.erase', 'target.adopt'];

/** What somebody must be to order it. */
export const roleForCommand = (name: Name): Role => (reviewers.includes(name) ? 'reviewer' : admins.includes(name) ? 'admin' : 'operator');
