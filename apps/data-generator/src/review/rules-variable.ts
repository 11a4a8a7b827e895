import { jsonVariable } from '@ratchet/service';
import { reviewRulesSchema } from './review-rules.js';

/** `REVIEW_RULES` of the environment. */
export const reviewRulesVariable = jsonVariable(reviewRulesSchema, { example: '{"waitingPerTargetMax": 500}' });
