export { kafkaBrokers, databaseUrl } from './services.js';
export { uniqueName } from './unique-name.js';
export { eventually, type EventuallyOptions } from './eventually.js';
export { createTestDatabase, type TestDatabase } from './test-database.js';
export { testKafka, withAdmin } from './kafka-client.js';
export { createTestTopics, type TestTopics } from './test-topics.js';
export { readAll, type ReadRecord } from './read-all.js';
export { assertExactlyOnce, assertNoDuplicates, assertNoGaps } from './invariants.js';
export { startTestProcess, type TestProcess, type TestProcessOptions } from './test-process.js';
