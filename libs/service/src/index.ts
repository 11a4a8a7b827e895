export { baseConfigSchema, databaseConfigSchema, loadEnv, type BaseConfig, type DatabaseConfig } from './config.js';
export { jsonVariable } from './json-variable.js';
export { cronPatternSchema, cronPatternsVariable, cronsOf, meantBy } from './schedules.js';
export { CONFIG, KAFKA, WORK } from './tokens.js';
export { OnEvent } from './on-event.js';
export { PlatformModule, type PlatformServices } from './platform.module.js';
export { DatabaseConsumerStrategy, type DatabaseConsumerOptions } from './database-consumer.strategy.js';
export { runService, type ServiceOptions, type Work } from './run-service.js';
export type { Job, Cron, Tick } from '@ratchet/persistence';
