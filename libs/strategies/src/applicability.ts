import type { Strategy } from '@ratchet/domain';

/** What there is to make a fix of. */
export interface FixSupply {
  readonly hasTeacher: boolean;
  /** Failures that somebody corrected. */
  readonly corrected: number;
  /** Different users behind the answer that most of them submitted. */
  readonly agreeingUsers: number;
  /** So many must agree before an answer is taken; as the data-generator's REVIEW_AGREEING_USERS. */
  readonly agreeingUsersMin: number;
}

const noTeacher = 'it needs a teacher, and none is configured';
const tooFewAgree = ({ agreeingUsers, agreeingUsersMin }: FixSupply): string => `it needs ${agreeingUsersMin} users who agree on an answer, and there are ${agreeingUsers}`;

/** Why a strategy cannot be used on failures with this supply; undefined where it can. */
export const whyNotApplicable = ({ data, patch }: Strategy, supply: FixSupply): string | undefined => {
  if (data) {
    const asksTeacher = data.corrections === 'taught' || data.variations > 0 || data.augmentTo > 0 || data.curriculum;
    if (asksTeacher && !supply.hasTeacher) return noTeacher;
    if (data.corrections === 'agreed' && supply.agreeingUsers < supply.agreeingUsersMin) return tooFewAgree(supply);
    if (data.corrections === 'spread' && supply.corrected < supply.agreeingUsersMin) return `it needs ${supply.agreeingUsersMin} corrected failures, and there are ${supply.corrected}`;
  }
  if (patch?.kind === 'knowledge_entries') {
    if (patch.from === 'taught' && !supply.hasTeacher) return noTeacher;
    if (patch.from === 'agreed' && supply.agreeingUsers < supply.agreeingUsersMin) return tooFewAgree(supply);
  }
  if (patch?.kind === 'prompt_patch') {
    if (patch.by === 'taught' && !supply.hasTeacher) return noTeacher;
    if (patch.by === 'examples' && supply.corrected === 0) return 'it needs an answer that somebody gave, and there is none';
  }
  return undefined;
};
