import { NearDuplicateIndex } from './near-duplicates.js';

/** A text that was given to a training, or to a test. */
export interface IssuedText {
  readonly input: string;
  readonly split: 'train' | 'test';
  /** Written by a machine: it is not independent of the text that it was made of. */
  readonly generated: boolean;
}

/**
 * Keeps tests and training apart over all datasets of a target, in both directions. Two requests that people really made are two facts, even where they
 * differ by a word, so between them only the same text is a leak; where a machine wrote one of the two, nearly the same is one, too.
 */
export class LeakGuard {
  private readonly texts = { train: new NearDuplicateIndex<boolean>(), test: new NearDuplicateIndex<boolean>() };

  constructor(issued: Iterable<IssuedText> = []) {
    for (const text of issued) this.add(text);
  }

  add({ input, split, generated }: IssuedText): void {
    this.texts[split].add(input, generated);
  }

  /** It may not train. */
  isTested(text: Pick<IssuedText, 'input' | 'generated'>): boolean {
    return this.leaks('test', text);
  }

  /** It may not test. */
  isTrained(text: Pick<IssuedText, 'input' | 'generated'>): boolean {
    return this.leaks('train', text);
  }

  private leaks(split: 'train' | 'test', { input, generated }: Pick<IssuedText, 'input' | 'generated'>): boolean {
    return this.texts[split].find(input).some(({ same, value: otherIsGenerated }) => same || generated || otherIsGenerated);
  }
}
