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
  /** Whether they may change nothing, whatever their role. */
  readOnly: z.boolean(),
});
export type Caller = z.infer<typeof callerSchema>;

/** Texts that people name things by: no control characters, nothing invisible. */
const nameSchema = z.string().trim().min(1).max(100).regex(/^[^\p{C}\p{Zl}\p{Zp}]+$/u, 'must have no control characters');
const instant = z.iso.datetime();

export const signInMethodsSchema = z.object({
  /** Whether people sign in at an OpenID Connect provider; its issuer's host. */
  provider: z.string().nullable(),
});
export type SignInMethods = z.infer<typeof signInMethodsSchema>;

export const signInSchema = z.object({ token: z.string().min(1).max(500) });

export const doneSchema = z.object({ done: z.literal(true) });

const pageFields = { limit: z.coerce.number().int().min(1).max(200).default(50) };

export const userSchema = z.object({
  userId: z.string(),
  name: z.string(),
  /** Null where the provider gives them none: they may do nothing. */
  role: roleSchema.nullable(),
  /** Where they sign in: at a provider, which gives their role, or with a token of the console. */
  from: z.enum(['console', 'provider']),
  createdAt: instant,
  disabledAt: instant.nullable(),
});
export type UserFacts = z.infer<typeof userSchema>;
export const usersSchema = z.object({ items: z.array(userSchema), next: z.string().nullable() });
export const usersQuerySchema = z.object({ ...pageFields, after: z.string().max(400).regex(/^[^\p{C}]*$/u).default('') });
export const newUserSchema = z.object({ name: nameSchema, role: roleSchema });
export const userChangeSchema = z.object({ role: roleSchema.optional(), disabled: z.boolean().optional(), reason: z.string().trim().min(1).max(2_000).regex(/^[^\0\p{Cs}]+$/u) });
export type UserChange = z.infer<typeof userChangeSchema>;

export const tokenSchema = z.object({
  tokenId: z.string(),
  user: z.string(),
  label: z.string(),
  role: roleSchema,
  readOnly: z.boolean(),
  createdAt: instant,
  createdBy: z.string(),
  expiresAt: instant.nullable(),
  /** To a minute. */
  lastUsedAt: instant.nullable(),
  revokedAt: instant.nullable(),
});
export type TokenFacts = z.infer<typeof tokenSchema>;
export const tokensSchema = z.object({ items: z.array(tokenSchema), next: z.string().nullable() });
export const tokensQuerySchema = z.object({ ...pageFields, of: z.enum(['me', 'everybody']).default('me'), before: z.uuid().optional() });
export const newTokenSchema = z.object({
  label: nameSchema,
  /** The most that it may do; never more than its user. */
  role: roleSchema,
  readOnly: z.boolean().default(false),
  days: z.number().int().min(1).max(365),
  /** Whom it stands for; the caller without it. */
  userId: z.uuid().optional(),
});
export type NewTokenOrder = z.input<typeof newTokenSchema>;
/** The only answer that holds the token itself. */
export const madeTokenSchema = z.object({ tokenId: z.string(), token: z.string(), expiresAt: instant });
export type MadeToken = z.infer<typeof madeTokenSchema>;

export const sessionSchema = z.object({
  sessionId: z.string(),
  isThis: z.boolean(),
  createdAt: instant,
  seenAt: instant,
  endsAt: instant,
  address: z.string(),
  agent: z.string(),
});
export type SessionFacts = z.infer<typeof sessionSchema>;
export const sessionsSchema = z.object({ items: z.array(sessionSchema) });

export const accessEventKinds = [
  'signed_in', 'sign_in_refused', 'signed_out', 'session_ended', 'token_made', 'token_revoked', 'user_added', 'role_changed', 'user_disabled', 'user_enabled', 'first_admin_made',
] as const;
export const accessEventKindSchema = z.enum(accessEventKinds);
export type AccessEventKind = z.infer<typeof accessEventKindSchema>;

export const accessEventSchema = z.object({
  eventId: z.number().int(),
  kind: accessEventKindSchema,
  /** Who did it; null where that is not known. */
  name: z.string().nullable(),
  /** Details, by the kind. */
  body: z.record(z.string(), z.unknown()),
  address: z.string().nullable(),
  happenedAt: instant,
});
export type AccessEventFacts = z.infer<typeof accessEventSchema>;
export const accessEventsSchema = z.object({ items: z.array(accessEventSchema), next: z.string().nullable() });
export const accessEventsQuerySchema = z.object({ ...pageFields, before: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER).optional() });
