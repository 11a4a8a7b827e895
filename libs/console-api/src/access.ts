import { z } from 'zod';

/** Each may do what the ones before it may. */
export const roles = ['viewer', 'reviewer', 'operator', 'admin'] as const;
export const roleSchema = z.enum(roles);
export type Role = z.infer<typeof roleSchema>;

export const mayAct = (role: Role, needed: Role): boolean => roles.indexOf(role) >= roles.indexOf(needed);

/** Who asks, as the page is told of it. */
export const callerSchema = z.object({
  /** What stands as actor on everything that they order. */
  name: z.string(),
  role: roleSchema,
  via: z.enum(['session', 'token']),
});
export type Caller = z.infer<typeof callerSchema>;
