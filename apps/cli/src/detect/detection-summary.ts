import type { Detection } from '@ratchet/signals';
import { negativeSignals } from '@ratchet/domain';
import { plainTable } from '../stack/plain-table.js';
import { printableText } from '../printable-text.js';

const EXAMPLES_MAX = 10;
/** Of failures whose strongest sign is the same: so that the examples show what there is. */
const EXAMPLES_OF_A_SIGNAL_MAX = 3;
const TEXT_CHARS_MAX = 160;

interface Count {
  interactions: number;
  failed: number;
}

type Row = readonly [name: string, interactions: number, failed: number, share: string];

const negative: ReadonlySet<string> = new Set(negativeSignals);
const percent = (part: number, whole: number): string => (whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)} %`);

const rowsOf = (counts: ReadonlyMap<string, Count>): Row[] =>
  [...counts].sort(([, a], [, b]) => b.interactions - a.interactions).map(([name, { interactions, failed }]) => [printableText(name, TEXT_CHARS_MAX), interactions, failed, percent(failed, interactions)]);

/** The strongest negative signal; what speaks for success explains no failure. */
const reasonOf = ({ signals }: Detection): Detection['signals'][number] | undefined =>
  signals.filter(({ name }) => negative.has(name)).reduce<Detection['signals'][number] | undefined>((best, one) => (best === undefined || one.strength > best.strength ? one : best), undefined);

/** Counts what was found in a log, and keeps the clearest failures; the text is for people. */
export class DetectionSummary {
  #interactions = 0;
  #failed = 0;
  /** Sum of probabilities: how many failures are to be expected, whatever the threshold. */
  #expected = 0;
  readonly #conversations = new Set<string>();
  readonly #bySignal = new Map<string, Count>();
  readonly #byWorkload = new Map<string, Count>();
  readonly #clearest = new Map<string, Detection[]>();

  add(detection: Detection): void {
    const { conversationId, workload, failureProbability, failed, signals } = detection;
    this.#interactions += 1;
    this.#expected += failureProbability;
    this.#conversations.add(conversationId);
    count(this.#byWorkload, workload, failed);
    for (const { name } of signals) count(this.#bySignal, name, failed);
    if (!failed) return;
    this.#failed += 1;
    this.#keepIfClear(detection);
  }

  /** A table by signal and one by workload, and ten failures with what showed them. */
  text(): string {
    const failures = `${this.#failed} of ${this.#interactions} interactions failed (${percent(this.#failed, this.#interactions)}), in ${this.#conversations.size} conversations.`;
    const expected = `By the sum of the probabilities, about ${Math.round(this.#expected)} failures are to be expected.`;
    const tables = [
      ['By signal', plainTable(['signal', 'interactions', 'of these failed', 'share'], rowsOf(this.#bySignal))],
      ['By workload', plainTable(['workload', 'interactions', 'of these failed', 'share'], rowsOf(this.#byWorkload))],
    ].map(([title, table]) => `${title}\n${table}`);
    const examples = this.#examples().map(exampleText);
    return `${[`${failures}\n${expected}`, ...tables, ...(examples.length > 0 ? [`Examples\n\n${examples.join('\n\n')}`] : [])].join('\n\n')}\n`;
  }

  #keepIfClear(detection: Detection): void {
    const name = reasonOf(detection)?.name ?? 'words';
    const kept = this.#clearest.get(name) ?? [];
    // One of a conversation, or a single angry user fills the list.
    const same = kept.findIndex(({ conversationId }) => conversationId === detection.conversationId);
    if (same >= 0 && (kept[same] as Detection).failureProbability >= detection.failureProbability) return;
    if (same >= 0) kept.splice(same, 1);
    kept.push(detection);
    kept.sort((a, b) => b.failureProbability - a.failureProbability);
    this.#clearest.set(name, kept.slice(0, EXAMPLES_MAX));
  }

  #examples(): Detection[] {
    const byProbability = (a: Detection, b: Detection): number => b.failureProbability - a.failureProbability;
    const varied = [...this.#clearest.values()].flatMap((kept) => kept.slice(0, EXAMPLES_OF_A_SIGNAL_MAX)).sort(byProbability);
    const more = [...this.#clearest.values()].flatMap((kept) => kept.slice(EXAMPLES_OF_A_SIGNAL_MAX)).sort(byProbability);
    return [...varied, ...more].slice(0, EXAMPLES_MAX);
  }
}

const count = (counts: Map<string, Count>, name: string, failed: boolean): void => {
  const known = counts.get(name) ?? { interactions: 0, failed: 0 };
  known.interactions += 1;
  if (failed) known.failed += 1;
  counts.set(name, known);
};

const exampleText = (detection: Detection, i: number): string => {
  const { interactionId, failureProbability, query, response } = detection;
  const reason = reasonOf(detection);
  const next = reason?.evidence['next'];
  return [
    `${i + 1}. ${printableText(interactionId, TEXT_CHARS_MAX)}  probability ${failureProbability.toFixed(2)}${reason === undefined ? '' : `, ${reason.name}`}`,
    `   user:      ${printableText(query, TEXT_CHARS_MAX)}`,
    `   answer:    ${printableText(response, TEXT_CHARS_MAX)}`,
    ...(typeof next === 'string' ? [`   then user: ${printableText(next, TEXT_CHARS_MAX)}`] : []),
  ].join('\n');
};
