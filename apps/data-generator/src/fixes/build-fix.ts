import type { FixType, PatchRecipe } from '@ratchet/domain';
import { buildKnowledgeEntries } from './knowledge-entries.js';
import { buildPromptPatch } from './prompt-patch.js';
import { buildRetrievalChange } from './retrieval-change.js';
import { buildSafetyThreshold } from './safety-threshold.js';
import type { BuiltFix, FixMaterial } from './fix-material.js';

export type PatchedFixType = Exclude<FixType, 'training_examples'>;

/** Used where no strategy was chosen. */
export const defaultRecipes: { readonly [Type in PatchedFixType]: Extract<PatchRecipe, { kind: Type }> } = {
  knowledge_entries: { kind: 'knowledge_entries', from: 'agreed' },
  prompt_patch: { kind: 'prompt_patch', by: 'rule' },
  safety_threshold: { kind: 'safety_threshold', step: 0.1 },
  retrieval_change: { kind: 'retrieval_change', topKBy: 2, minScoreBy: 0, groundedOnly: true },
};

/** Makes one opportunity's patch and the questions that judge it, or says why there is none. */
export const buildFix = async (material: FixMaterial, recipe: PatchRecipe): Promise<BuiltFix> => {
  switch (recipe.kind) {
    case 'knowledge_entries':
      return buildKnowledgeEntries(material, recipe);
    case 'prompt_patch':
      return buildPromptPatch(material, recipe);
    case 'safety_threshold':
      return buildSafetyThreshold(material, recipe);
    case 'retrieval_change':
      return buildRetrievalChange(material, recipe);
  }
};
