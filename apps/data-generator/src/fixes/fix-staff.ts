import { FixWriter } from './fix-writer.js';
import type { TeacherClient } from '@ratchet/providers';
import type { TeacherResults } from '../teaching/teacher.js';

export interface FixStaffOptions {
  /** Undefined where none is configured. */
  readonly client: TeacherClient | undefined;
  readonly results: TeacherResults;
  readonly callsPerFixMax: number;
}

/** Hires who writes entries and rules, where there is a teacher. */
export class FixStaff {
  constructor(private readonly options: FixStaffOptions) {}

  hire(): FixWriter | undefined {
    const { client, results, callsPerFixMax } = this.options;
    return client && new FixWriter(client, results, { callsMax: callsPerFixMax });
  }
}
