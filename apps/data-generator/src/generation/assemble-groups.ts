import { normalizeAnswer, type Target } from '@ratchet/domain';
import { assembleDataset, type AssemblyInput } from './assemble-dataset.js';
import { answerKeyOf, isGenerated, type Candidate } from './candidate.js';
import { groupByTraining } from './recipes.js';
import type { IssuedText } from '../filters/leakage.js';
import type { IssuedExamples } from '../persistence/example.repository.js';
import type { OpenOpportunity } from '../persistence/opportunity.repository.js';
import type { Group } from './dataset-publisher.js';

interface GroupsInput extends Pick<AssemblyInput, 'decisions' | 'failedAnswers' | 'limits' | 'refused'> {
  readonly target: Target;
  readonly opportunities: readonly OpenOpportunity[];
  readonly candidates: readonly Candidate[];
  readonly issued: IssuedExamples;
}

type Batch = Pick<Group, 'training' | 'opportunities'> & { readonly candidates: readonly Candidate[] };

/** What a reviewer approved after its opportunity was closed is trained as the trainer likes. */
const batchesOf = (opportunities: readonly OpenOpportunity[], candidates: readonly Candidate[]): Batch[] => {
  const batches = groupByTraining(opportunities).map((group): Batch => {
    const ids = new Set(group.opportunities.map(({ opportunityId }) => opportunityId));
    return { ...group, candidates: candidates.filter(({ opportunityId }) => ids.has(opportunityId)) };
  });
  const known = new Set(opportunities.map(({ opportunityId }) => opportunityId));
  const others = candidates.filter(({ opportunityId }) => !known.has(opportunityId));
  if (others.length === 0) return batches;
  const [first, ...rest] = batches;
  return first && first.training === undefined ? [{ ...first, candidates: [...first.candidates, ...others] }, ...rest] : [{ training: undefined, opportunities: [], candidates: others }, ...batches];
};

/** One assembly for each way of training, group by group: what one dataset issues, the next one must not contradict, repeat or test on. */
export const assembleGroups = ({ target, opportunities, candidates, decisions, issued, failedAnswers, limits, refused = [] }: GroupsInput): Group[] => {
  const answers = new Map([...issued.byInput].map(([input, keys]) => [input, new Set(keys)]));
  const issuedTexts: IssuedText[] = [...issued.texts];
  return batchesOf(opportunities, candidates).map((batch, i): Group => {
    const generated = new Map(batch.candidates.map((candidate) => [normalizeAnswer(candidate.input), isGenerated(candidate)]));
    const assembly = assembleDataset({ target, candidates: batch.candidates, decisions, issued: answers, issuedTexts, failedAnswers, limits, refused: i === 0 ? refused : [] });
    for (const { input, output, split } of assembly.examples) {
      const key = normalizeAnswer(input);
      answers.set(key, (answers.get(key) ?? new Set<string>()).add(answerKeyOf(output)));
      issuedTexts.push({ input, split, generated: generated.get(key) ?? false });
    }
    return { training: batch.training, opportunities: batch.opportunities, assembly };
  });
};
