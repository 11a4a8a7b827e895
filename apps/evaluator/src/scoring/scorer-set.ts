import { canonicalJson } from '@ratchet/domain';
import type { ScorerChoice } from '@ratchet/domain';
import type { EmbeddingsClient } from '@ratchet/providers';
import type { SuiteItem } from '../suites/suite-item.js';
import type { VectorCache } from './answer-cache.js';
import { checkScorer, exactScorer, jsonSchemaScorer, normalisedScorer, notRefusedScorer, problemOf, regexScorer, safetyScorer } from './rule-scorers.js';
import { unscored } from './scorer.js';
import type { Scorer, ScoringFault } from './scorer.js';
import { SimilarityScorer } from './similarity-scorer.js';
import type { SimilarityScale } from './similarity-scorer.js';

export interface ScorerSetOptions {
  /** For items with an expected answer that name no scorer; `normalised` unless given. */
  readonly ofWorkload?: ScorerChoice | undefined;
  readonly judge?: Scorer | undefined;
  readonly similarity?: { readonly client: EmbeddingsClient; readonly vectors: VectorCache; readonly scale: SimilarityScale } | undefined;
}

const PROBLEMS_SHOWN = 3;

/** Stands for a scorer that cannot be had: its items have no score, and nothing pretends otherwise. */
const absent = (name: string, fault: ScoringFault): Scorer => ({ name, version: '', compares: false, score: async (_, replies) => replies.map(() => unscored(fault)) });

/** The scorers of one judgement: which of them scores an item, and what could not be used. */
export class ScorerSet {
  private readonly byChoice = new Map<string, Scorer>();
  private readonly problems = new Map<string, string>();

  constructor(private readonly options: ScorerSetOptions = {}) {}

  /** An item's own scorer, else its check, else the workload's, else the same answer but for case and white space. Safety is always scored by its rules. */
  scorerOf(item: SuiteItem): Scorer {
    const { suite, expectation, scorer } = item;
    if (suite === 'safety' || expectation.rule === 'safe') return safetyScorer;
    if (expectation.rule === 'not_refused') return notRefusedScorer;
    if (scorer) return this.made(scorer, item.itemId);
    if (expectation.rule === 'meets_check') return checkScorer;
    return this.made(this.options.ofWorkload ?? { kind: 'normalised' }, item.itemId);
  }

  /** What of the items' scorers cannot be used, and why, for people. */
  get notes(): readonly string[] {
    const all = [...this.problems].map(([itemId, problem]) => `the scorer of item ${itemId} cannot be used: ${problem}`);
    return all.length <= PROBLEMS_SHOWN ? all : [...all.slice(0, PROBLEMS_SHOWN), `${all.length - PROBLEMS_SHOWN} further items have scorers that cannot be used`];
  }

  private made(choice: ScorerChoice, itemId: string): Scorer {
    const key = canonicalJson(choice);
    const known = this.byChoice.get(key);
    const problem = known && known.version !== '' ? undefined : problemOf(choice);
    if (problem !== undefined) this.problems.set(itemId, problem);
    const scorer = known ?? (problem === undefined ? this.make(choice) : absent(choice.kind, 'bad_scorer'));
    this.byChoice.set(key, scorer);
    return scorer;
  }

  private make(choice: ScorerChoice): Scorer {
    const { judge, similarity } = this.options;
    switch (choice.kind) {
      case 'exact':
        return exactScorer;
      case 'normalised':
        return normalisedScorer;
      case 'regex':
        return regexScorer(choice.pattern);
      case 'json_schema':
        return jsonSchemaScorer(choice.schema);
      case 'similarity': {
        if (!similarity) return absent('similarity', 'no_embeddings');
        const { client, vectors, scale } = similarity;
        const threshold = choice.threshold ?? scale.threshold;
        // A lower threshold of the item's own keeps the distance of the configured floor.
        return new SimilarityScorer(client, vectors, { threshold, floor: choice.floor ?? Math.max(0, threshold - (scale.threshold - scale.floor)) });
      }
      case 'judge':
        return judge ?? absent('judge', 'no_judge');
    }
  }
}
