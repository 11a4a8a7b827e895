import type { ApplicationRole } from '@ratchet/persistence';

/** What the console works under: it appends to its records, and nothing that it runs can change them. */
export const appRole: ApplicationRole = { name: 'ratchet_console_app', appendOnly: ['audit_records', 'decision_records', 'audit_anchors', 'access_events'] };
