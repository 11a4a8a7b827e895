import type { AccessEventFacts, AccessEventKind } from '@ratchet/console-api';

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const reasons: Readonly<Record<string, string>> = {
  unknown: 'no such token',
  no_longer_valid: 'the token is expired or revoked, or its user is disabled',
  no_role: 'the provider gives them no role',
  disabled: 'the user is disabled',
  answer_not_valid: 'what the provider answered does not hold',
};

type Body = AccessEventFacts['body'];

const words: Readonly<Record<AccessEventKind, (body: Body) => string>> = {
  signed_in: ({ by, role }) => `signed in by ${by === 'provider' ? 'the provider' : 'token'} as ${text(role)}`,
  sign_in_refused: ({ by, reason }) => `was refused by ${by === 'provider' ? 'the provider' : 'token'}: ${reasons[text(reason)] ?? text(reason)}`,
  signed_out: () => 'signed out',
  session_ended: () => 'ended another session of theirs',
  token_made: ({ user, label, role, readOnly }) => `made the token “${text(label)}” for ${text(user)}: ${text(role)}${readOnly === true ? ', read only' : ''}`,
  token_revoked: ({ user, label }) => `revoked the token “${text(label)}” of ${text(user)}`,
  user_added: ({ user, role }) => `added ${text(user)} as ${text(role)}`,
  role_changed: ({ user, before, after, by }) => `${by === 'provider' ? 'came with another role' : `changed the role of ${text(user)}`}: ${text(before) || 'none'} → ${text(after) || 'none'}`,
  user_disabled: ({ user }) => `disabled ${text(user)}`,
  user_enabled: ({ user }) => `enabled ${text(user)}`,
  first_admin_made: ({ user, by }) => `The ${text(by)} gave ${text(user)} a token`,
};

/** What happened, as a sentence goes on after who did it. */
export const eventWords = ({ kind, body }: Pick<AccessEventFacts, 'kind' | 'body'>): string => words[kind](body);
