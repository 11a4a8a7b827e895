import type { ServiceRecord } from './stack-record.js';

/** What a service needs to know to start. */
export interface ServiceStart {
  /** Absolute. */
  readonly dataDir: string;
  readonly remembered: ServiceRecord | undefined;
  readonly onProgress: (step: string) => void;
  /** Called as soon as there is a process, before it is ready: whatever happens then, it can be found again. */
  readonly onRecord: (record: ServiceRecord) => Promise<void>;
}

/** A service that is ready. */
export interface StartedService {
  /** Absent where the environment names the service. */
  readonly record?: ServiceRecord;
  /** Settles when the service has ended, if this process can know. */
  readonly ended?: Promise<void>;
  /** Absent where the service is not ours to stop. */
  readonly stop?: () => Promise<void>;
  /** From now on this process may exit without waiting for the service. */
  readonly release?: () => void;
}
