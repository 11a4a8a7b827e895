export type { ServiceMode, StackModes } from './choose-modes.js';
export { LocalStackError, localStackErrorCodes, type LocalStackErrorCode } from './local-stack-error.js';
export { startStack, type Stack, type StartStackOptions } from './local-stack.js';
export { readRunningStack, stopStack, type RunningStack } from './running-stack.js';
export { startSecuredKafka, type Certificates, type SecuredKafka, type SecuredKafkaOptions } from './secured-kafka.js';
export type { Env } from './stack-environment.js';
export type { ServiceName } from './stack-record.js';
