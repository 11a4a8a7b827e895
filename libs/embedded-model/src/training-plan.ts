import type { AnswerClass, Checkpoint } from './checkpoint.js';
import { seededRandom, shuffled } from './random.js';
import { drawBalanced, ReplayBuffer, type ReplayEntry } from './replay-buffer.js';
import type { Recipe } from './recipe.js';
import { normalizeText } from './text.js';
import { answerId, type Difficulty, isOutOfScope, type TrainingExample } from './training-example.js';

/** An example with its class resolved. */
export interface LabelledExample extends ReplayEntry {
  readonly difficulty: Difficulty;
  readonly weight: number;
}

/** Who learns what: made from the inputs before any arithmetic. */
export interface TrainingPlan {
  readonly classes: readonly AnswerClass[];
  /** Trained on in every epoch. */
  readonly fresh: readonly LabelledExample[];
  /** Retained examples are drawn from these. */
  readonly pool: readonly LabelledExample[];
  readonly heldOut: readonly ReplayEntry[];
  readonly replay: ReplayBuffer;
  /** Classes that get the target rate: those to learn, and those to unlearn. */
  readonly targets: ReadonlySet<number>;
  /** How many remembered examples of a class the new ones contradict: an answer that is being replaced. */
  readonly contested: ReadonlyMap<number, number>;
}

export interface PlanInputs {
  readonly base: Checkpoint | null;
  readonly examples: readonly TrainingExample[];
  readonly retention: readonly TrainingExample[];
  readonly recipe: Recipe;
  readonly fallbackAnswer: string;
  readonly seed: number;
}

// A class gives up a tenth of its examples for calibration, but never more than it takes to set one threshold well.
const HELD_OUT_SHARE = 0.1;
const HELD_OUT_TARGET_TOTAL = 300;
const HELD_OUT_MIN_PER_CLASS = 3;

export function planTraining(inputs: PlanInputs): TrainingPlan {
  const { base, recipe, seed } = inputs;
  const table = new ClassTable(base?.classes ?? []);
  const examples = inputs.examples.map((example) => table.label(example, inputs.fallbackAnswer));
  const retention = inputs.retention.map((example) => table.label(example, inputs.fallbackAnswer));
  const corrected = new Map(examples.map(({ text, classIndex }) => [normalizeText(text), classIndex]));
  const agrees = ({ text, classIndex }: ReplayEntry): boolean => (corrected.get(normalizeText(text)) ?? classIndex) === classIndex;

  const { training, heldOut } = splitHeldOut({ examples, classCount: table.size, seed });
  const replay = base?.replay.clone(recipe.replayPerClass) ?? new ReplayBuffer(recipe.replayPerClass);
  const contested = replay.dropContradicted(corrected);
  const pool = retentionPool({ retention: retention.filter(agrees), replay });
  const random = seededRandom(seed ^ 0x5eed);
  // What a fresh start learns from is remembered too; the base's own memory is in the buffer already.
  const remembered = recipe.start === 'fresh' ? [...training, ...retention.filter(agrees)] : training;
  for (const { text, classIndex } of remembered) replay.offer({ text, classIndex }, random);
  const heldOutTexts = new Set(heldOut.map(({ text }) => normalizeText(text)));
  return {
    classes: table.withCounts(remembered),
    fresh: recipe.start === 'fresh' ? [...training, ...pool] : training,
    pool: recipe.start === 'fresh' ? [] : pool,
    heldOut: [...(base?.heldOut.filter((entry) => agrees(entry) && !heldOutTexts.has(normalizeText(entry.text))) ?? []), ...heldOut],
    replay,
    targets: new Set([...targetClasses({ base, training }), ...contested.keys()]),
    contested,
  };
}

/** Retained examples for one epoch: another draw each time, so that several epochs see more of the past than one. */
export function drawRetention({ plan, recipe, seed }: { plan: TrainingPlan; recipe: Recipe; seed: number }): LabelledExample[] {
  const count = Math.round(plan.fresh.length * recipe.retentionRatio);
  const drawn = drawBalanced({ items: plan.pool, count, random: seededRandom(seed) });
  // A curriculum orders by difficulty; retained examples take on the new ones', so that no stretch of it is without them.
  return drawn.map((example, index) => ({
    ...example,
    difficulty: plan.fresh[index % plan.fresh.length]?.difficulty ?? 'medium',
    weight: example.weight * recipe.retentionWeight,
  }));
}

/** The given retention set, and the buffer for classes that the set leaves out. */
function retentionPool({ retention, replay }: { retention: readonly LabelledExample[]; replay: ReplayBuffer }): LabelledExample[] {
  const covered = new Set(retention.map(({ classIndex }) => classIndex));
  const buffered = replay.entries().filter(({ classIndex }) => !covered.has(classIndex));
  return [...retention, ...buffered.map((entry) => ({ ...entry, difficulty: 'medium' as const, weight: 1 }))];
}

/** New classes, and those of which the base saw fewer examples than it gets now. */
function targetClasses({ base, training }: { base: Checkpoint | null; training: readonly LabelledExample[] }): Set<number> {
  const counts = countByClass(training);
  return new Set([...counts].filter(([classIndex, count]) => count > (base?.classes[classIndex]?.examples ?? 0)).map(([classIndex]) => classIndex));
}

function splitHeldOut({ examples, classCount, seed }: { examples: readonly LabelledExample[]; classCount: number; seed: number }) {
  const counts = countByClass(examples);
  const most = Math.max(HELD_OUT_MIN_PER_CLASS, Math.ceil(HELD_OUT_TARGET_TOTAL / Math.max(1, classCount)));
  const taken = new Map<number, number>();
  const held = new Set<number>();
  for (const index of shuffled([...examples.keys()], seededRandom(seed ^ 0xca11b))) {
    const { classIndex } = examples[index] as LabelledExample;
    const quota = Math.min(most, Math.floor((counts.get(classIndex) ?? 0) * HELD_OUT_SHARE));
    const already = taken.get(classIndex) ?? 0;
    if (already >= quota) continue;
    taken.set(classIndex, already + 1);
    held.add(index);
  }
  const heldOut = examples.filter((_, index) => held.has(index)).map(({ text, classIndex }) => ({ text, classIndex }));
  // The same text can occur twice; a twin left in the training set would make the held-out one look easy.
  const heldTexts = new Set(heldOut.map(({ text }) => normalizeText(text)));
  const training = examples.filter((example, index) => !held.has(index) && !heldTexts.has(normalizeText(example.text)));
  return { training, heldOut };
}

function countByClass(entries: readonly ReplayEntry[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { classIndex } of entries) counts.set(classIndex, (counts.get(classIndex) ?? 0) + 1);
  return counts;
}

/** Answers by id, in order of first appearance; the base's keep their places. */
class ClassTable {
  private readonly rows: AnswerClass[];
  private readonly indexById: Map<string, number>;

  constructor(known: readonly AnswerClass[]) {
    this.rows = [...known];
    this.indexById = new Map(known.map(({ id }, index) => [id, index]));
  }

  get size(): number {
    return this.rows.length;
  }

  label(example: TrainingExample, fallbackAnswer: string): LabelledExample {
    const { input: text, output, category, difficulty = 'medium', weight = 1 } = example;
    const id = answerId(output);
    const outOfScope = isOutOfScope({ example, fallbackAnswer });
    const known = this.indexById.get(id);
    if (known !== undefined) {
      const row = this.rows[known] as AnswerClass;
      this.rows[known] = { ...row, category: category ?? row.category, outOfScope: row.outOfScope || outOfScope };
      return { text, classIndex: known, difficulty, weight };
    }
    const classIndex = this.rows.length;
    this.rows.push({ id, answer: output, category: category ?? null, examples: 0, outOfScope });
    this.indexById.set(id, classIndex);
    return { text, classIndex, difficulty, weight };
  }

  withCounts(learnt: readonly ReplayEntry[]): AnswerClass[] {
    const counts = countByClass(learnt);
    return this.rows.map((row, index) => ({ ...row, examples: row.examples + (counts.get(index) ?? 0) }));
  }
}
