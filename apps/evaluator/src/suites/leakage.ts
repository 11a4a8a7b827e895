import type { Suite } from './assemble-suite.js';
import type { SuiteItem } from './suite-item.js';
import { fingerprintOf, sharedGrams, SIGNATURE_BYTES } from './text-fingerprint.js';
import type { TextFingerprint } from './text-fingerprint.js';

/** A training example, without its text. */
export interface TrainFingerprint extends TextFingerprint {
  /** Written by a machine: it is not independent of the text that it was made of. */
  readonly generated: boolean;
}

/**
 * Share of common n-grams from which two texts are one. The data-generator keeps tests apart from training at 0.8; a tenth above it, no error of the
 * estimate makes a leak of what the generator let pass, and a word changed in a long question is still one.
 */
export const NEARLY_THE_SAME = 0.9;
/** Two texts at that share meet in a band with a chance of 1 - (1 - 0.9^8)^32, all but certain. */
const BAND = 8;

/** Highest shares of a suite's items that may be found in training; up to them such items are left out. */
export interface LeakageLimits {
  readonly target: number;
  readonly general: number;
}

export interface Leakage {
  /** The suite without the items that leaked. */
  readonly suite: Suite;
  /** In the order of the suite. */
  readonly leakedItemIds: readonly string[];
  /** Why the candidate fails; undefined where it may be judged. */
  readonly failure: string | undefined;
}

const bandsOf = (signature: Buffer): string[] =>
  signature.length === SIGNATURE_BYTES ? Array.from({ length: SIGNATURE_BYTES / BAND }, (_, band) => `${band}:${signature.toString('latin1', band * BAND, (band + 1) * BAND)}`) : [];

/** Finds the items of a suite among training examples, which are put to it one at a time: they may be many more than the items. */
export class LeakFinder {
  private readonly leaked = new Set<SuiteItem>();
  private readonly byHash = new Map<string, SuiteItem[]>();
  private readonly byBand = new Map<string, { readonly item: SuiteItem; readonly signature: Buffer }[]>();

  constructor(private readonly suite: Suite) {
    for (const item of suite.items) {
      // What is shipped is no example, and safety is no fact to be learnt by heart.
      if (item.suite === 'safety' || item.expectation.rule === 'not_refused') continue;
      const { textHash, signature } = fingerprintOf(item.prompt);
      this.byHash.set(textHash, [...(this.byHash.get(textHash) ?? []), item]);
      for (const band of bandsOf(signature)) this.byBand.set(band, [...(this.byBand.get(band) ?? []), { item, signature }]);
    }
  }

  /** Between two texts that people wrote only the same one is a leak; where a machine wrote one of them, nearly the same is one, too. */
  look({ textHash, signature, generated }: TrainFingerprint): void {
    for (const item of this.byHash.get(textHash) ?? []) this.leaked.add(item);
    for (const band of bandsOf(signature)) {
      for (const { item, signature: other } of this.byBand.get(band) ?? []) {
        if (this.leaked.has(item) || (!generated && item.generated !== true)) continue;
        if (sharedGrams(signature, other) >= NEARLY_THE_SAME) this.leaked.add(item);
      }
    }
  }

  conclude(limits: LeakageLimits): Leakage {
    const leaked = this.suite.items.filter((item) => this.leaked.has(item));
    if (leaked.length === 0) return { suite: this.suite, leakedItemIds: [], failure: undefined };
    const counts = { target: 0, general: 0, safety: 0 };
    for (const { suite } of leaked) counts[suite] += 1;
    const over = (['target', 'general'] as const).filter((name) => counts[name] > limits[name] * this.suite.counts[name]);
    const found = (['target', 'general'] as const).filter((name) => counts[name] > 0).map((name) => `${counts[name]} of ${this.suite.counts[name]} ${name} items`).join(' and ');
    return {
      leakedItemIds: leaked.map(({ itemId }) => itemId),
      failure: over.length === 0 ? undefined : `${found} are among the examples that the candidate or its base was trained on, so right answers prove nothing: take them out of the training data or of the suite, and train again`,
      suite: {
        items: this.suite.items.filter((item) => !this.leaked.has(item)),
        counts: { target: this.suite.counts.target - counts.target, general: this.suite.counts.general - counts.general, safety: this.suite.counts.safety },
        notes: [...this.suite.notes, `${found} were left out, because they are among the examples that the candidate or its base was trained on`],
      },
    };
  }
}
