import { dataRecipeSchema, type FixType, type OpportunityRanked, patchRecipeSchema, type Strategy, strategySchema, trainingRecipeSchema } from '@ratchet/domain';
import { z } from 'zod';
import { type FixSupply, whyNotApplicable } from './applicability.js';
import { strategyOf } from './compose-strategy.js';
import { contentOf } from './parts.js';

/** What a proposer is told of the failures, and of what is known already. */
export interface ProposalRequest {
  readonly fixType: FixType;
  readonly rootCauseReason: string;
  readonly patterns: readonly string[];
  readonly representatives: OpportunityRanked['representatives'];
  readonly known: readonly Pick<Strategy, 'strategyId' | 'summary' | 'data' | 'training' | 'patch'>[];
}

/** The form of a proposal; whether it makes a whole strategy is checked by {@link acceptProposal}. */
export const proposalSchema = z.object({
  summary: z.string().min(1).max(300).describe('What is done, in one sentence for people'),
  data: dataRecipeSchema.optional().describe('Only for training_examples: how examples are made'),
  training: trainingRecipeSchema.optional().describe('Only for training_examples: how the candidate is trained'),
  patch: patchRecipeSchema.optional().describe('Only for other fix types: how the fix is made; its kind is the fix type'),
});
export type Proposal = z.infer<typeof proposalSchema>;

/** Somebody who thinks of new strategies: a teacher. Rejects where it cannot be reached. */
export interface StrategyProposer {
  readonly description: string;
  propose(request: ProposalRequest): Promise<Proposal>;
}

export type AcceptedProposal = { readonly strategy: Strategy } | { readonly refused: string };

/** A proposal as a strategy: of the fix type, whole, new, and possible with what there is; else why not. */
export const acceptProposal = ({ proposal, fixType, known, supply }: { readonly proposal: unknown; readonly fixType: FixType; readonly known: readonly Strategy[]; readonly supply: FixSupply }): AcceptedProposal => {
  const shape = proposalSchema.safeParse(proposal);
  if (!shape.success) return { refused: `it has not the form of a strategy: ${shape.error.issues[0]?.message ?? ''}` };
  const { summary, data, training, patch } = shape.data;
  const content = { fixType, ...(data && { data }), ...(training && { training }), ...(patch && { patch }) };
  const strategy = strategySchema.safeParse(strategyOf(content, 'teacher', summary));
  if (!strategy.success) return { refused: strategy.error.issues[0]?.message ?? 'it is no strategy' };
  if (known.some((other) => contentOf(other) === contentOf(content))) return { refused: 'it is known already' };
  const reason = whyNotApplicable(strategy.data, supply);
  return reason === undefined ? { strategy: strategy.data } : { refused: reason };
};
