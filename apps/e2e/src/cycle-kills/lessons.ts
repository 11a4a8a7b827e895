import type { EventEnvelope } from '@ratchet/contracts';
import { commandIssued, datasetVersioned, EXAMPLES_PER_EVENT, examplesAdded } from '@ratchet/domain';
import type { Command, DatasetVersioned, ExamplesAdded, Target } from '@ratchet/domain';
import { firstLessons } from '../fixes/workloads.js';

export const MODEL = 'shop';

type Example = ExamplesAdded['examples'][number];

const TRAINED = 96;
const TESTED = 32;
const PHOTO = 'Please send us a photo of the damage.';
const COLOURS = ['red', 'blue', 'green', 'white', 'black', 'grey', 'brown', 'yellow'];
const THINGS = ['lamp', 'chair', 'kettle', 'rug', 'mirror', 'clock', 'shelf', 'vase', 'stool', 'curtain', 'blanket', 'basket', 'candle', 'teapot', 'drawer', 'bench'];
const wares = COLOURS.flatMap((colour) => THINGS.map((thing) => `${colour} ${thing}`));
/** Something that the first version does not know. */
const corrections = wares.slice(0, TRAINED + TESTED).map((ware) => `The ${ware} arrived with a scratch and a dent, what happens now?`);

/** Ids sort alike in every target, so that the training file is the same, byte for byte. */
const idOf = (datasetId: string, index: number): string => `${datasetId}-${String(index).padStart(4, '0')}`;

const taught = (datasetId: string): Example[] =>
  corrections.map((input, i) => ({ exampleId: idOf(datasetId, i), input, output: PHOTO, category: 'damage', source: 'user_correction', split: i < TRAINED ? 'train' : 'test', confidence: 1, lineage: { interactionIds: [`${datasetId}-${i}`] } }));

const suite = (datasetId: string): Example[] =>
  firstLessons.map(({ input, output }, i) => ({ exampleId: idOf(datasetId, i), input, output, category: 'usual', source: 'import', split: 'test', confidence: 1, lineage: { interactionIds: [] } }));

const dataset = (target: Target, { datasetId, purpose, examples, now }: { datasetId: string; purpose: DatasetVersioned['purpose']; examples: readonly Example[]; now: string }): EventEnvelope[] => {
  const parts = Array.from({ length: Math.ceil(examples.length / EXAMPLES_PER_EVENT) }, (_, i): EventEnvelope => ({
    id: `${datasetId}-part-${i}`, source: '/test', type: examplesAdded.type, time: now,
    data: { datasetId, ...target, examples: examples.slice(i * EXAMPLES_PER_EVENT, (i + 1) * EXAMPLES_PER_EVENT), addedAt: now } satisfies ExamplesAdded,
  }));
  const trainCount = examples.filter(({ split }) => split === 'train').length;
  const closed: DatasetVersioned = {
    datasetId, ...target, purpose, trainCount, testCount: examples.length - trainCount, contentHash: datasetId, opportunityIds: purpose === 'training' ? [`${datasetId}-opportunity`] : [],
    failuresAnalyzed: trainCount, rejected: [], highPriority: false, versionedAt: now,
  };
  return [...parts, { id: `${datasetId}-closed`, source: '/test', type: datasetVersioned.type, time: now, data: closed }];
};

/** What every target is given, the same but for names: corrections to learn, and a suite that says what must stay. */
export const datasetsOf = (target: Target, now: string): EventEnvelope[] => [
  ...dataset(target, { datasetId: `${target.workload}-suite`, purpose: 'general_suite', examples: suite(`${target.workload}-suite`), now }),
  ...dataset(target, { datasetId: `${target.workload}-fix`, purpose: 'training', examples: taught(`${target.workload}-fix`), now }),
];

type Order = { readonly name: 'target.adopt'; readonly model: string } | { readonly name: 'training.run' };

/** A person's command; the name of what serves first is that of its model at the model server. */
export const commandOf = (target: Target, order: Order, now: string): EventEnvelope => {
  const commandId = `${target.workload}-${order.name}`;
  const fields = { commandId, actor: 'a-person', reason: 'the test', ...target, issuedAt: now };
  const data: Command = order.name === 'target.adopt' ? { name: order.name, ...fields, bundle: { provider: { name: 'embedded', model: order.model }, safety: { threshold: 0.5 } } } : { name: order.name, ...fields };
  return { id: commandId, source: '/test', type: commandIssued.type, time: now, data };
};

/** Of one target: what must have been read before its cycle can begin. */
export const DATASETS_A_TARGET = 2;
