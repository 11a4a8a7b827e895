export { Database, schemaOf, type DatabaseOptions, type Transaction, type BulkTransaction, type EmitOptions, type EnqueueOptions } from './database.js';
export { OutboxRelay, type OutboxRelayOptions } from './outbox.js';
export { receiveOnce, inboxKey, rotateInbox } from './inbox.js';
export { Leader, type LeaderOptions } from './leader.js';
export { prepareJobs, startJobs, type Job, type Cron, type JobRunnerOptions } from './jobs.js';
export { storable, storableJson } from './storable.js';
export { startTicks, type Tick } from './ticks.js';
export { ForwardMigration } from './forward-migration.js';
export type { ApplicationRole } from './application-role.js';
