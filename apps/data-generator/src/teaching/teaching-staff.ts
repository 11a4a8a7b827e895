import { Teacher, type TeacherResults } from './teacher.js';
import { teachOpportunity, type TeachRules } from './teach-opportunity.js';
import type { TeacherClient } from '@ratchet/providers';
import type { Candidate, SourceFailure } from '../generation/candidate.js';
import type { OpenOpportunity } from '../persistence/opportunity.repository.js';

export interface TeachingStaffOptions {
  /** Undefined where none is configured: then truth comes from people alone. */
  readonly client: TeacherClient | undefined;
  readonly results: TeacherResults;
  readonly rules: TeachRules;
  readonly callsPerRunMax: number;
}

/** Hires the teacher, where there is one. */
export class TeachingStaff {
  constructor(private readonly options: TeachingStaffOptions) {}

  /** A teacher with the calls of one run; undefined where none is configured. */
  hire(): Teacher | undefined {
    const { client, results, callsPerRunMax } = this.options;
    return client && new Teacher(client, results, { callsMax: callsPerRunMax });
  }

  async teach({ teacher, opportunity, members, fromPeople }: {
    readonly teacher: Teacher;
    readonly opportunity: OpenOpportunity;
    readonly members: readonly SourceFailure[];
    readonly fromPeople: readonly Candidate[];
  }): Promise<Candidate[]> {
    const accepted = fromPeople.filter(({ state, source }) => state === 'accepted' && source === 'user_correction');
    return teachOpportunity({
      teacher,
      opportunityId: opportunity.opportunityId,
      representatives: opportunity.representativeIds.flatMap((id) => members.find(({ interactionId }) => interactionId === id) ?? []),
      rootCauseReason: opportunity.rootCauseReason,
      acceptedAnswers: new Map(accepted.map(({ interactionIds, output, confidence }) => [interactionIds[0] ?? '', { answer: output, confidence }])),
      rules: this.options.rules,
    });
  }
}
