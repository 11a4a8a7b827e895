import type { Bundle, FixType, RootCause } from '@ratchet/domain';
import type { Memory } from './scripted-model-server.js';

/** What one user says of one answer. */
export interface Complaint {
  readonly name: 'correction' | 'thumbs';
  readonly value?: boolean;
  readonly correction?: string;
  readonly comment?: string;
  readonly reasons?: readonly string[];
}

/** A part of the product with one weakness, and what must come of it. */
export interface WeakWorkload {
  readonly workload: string;
  readonly rootCause: RootCause;
  readonly fixType: FixType;
  /** Without the model, which the embedded one gets when it is trained. */
  readonly bundle: Partial<Bundle>;
  /** Users' requests that fail, each different. */
  readonly requests: readonly string[];
  readonly complaint: Complaint;
  /** A general suite, that is answered well and must stay so. */
  readonly general: readonly { readonly input: string; readonly output: string }[];
  /** Not among the requests: what it is answered before and after. */
  readonly asked: string;
  readonly before: RegExp;
  readonly after: RegExp;
}

const THINGS = ['lamp', 'chair', 'kettle', 'rug', 'mirror', 'clock', 'shelf', 'vase', 'stool', 'curtain', 'blanket', 'basket', 'candle', 'teapot', 'drawer', 'bench'];
const COLOURS = ['red', 'blue', 'green', 'white', 'black', 'grey', 'brown', 'yellow', 'purple', 'silver', 'golden', 'striped'];
const CITIES = ['Paris', 'Rome', 'Oslo', 'Lisbon', 'Vienna', 'Prague', 'Dublin', 'Athens', 'Warsaw', 'Zurich', 'Madrid', 'Berlin', 'Riga', 'Sofia', 'Helsinki', 'Bergen', 'Lyon', 'Turin', 'Porto', 'Graz'];
const wares = COLOURS.flatMap((colour) => THINGS.map((thing) => `${colour} ${thing}`));
const FAILING = 64;
const TAUGHT = 120;

const priceOf = (ware: string): string => `The ${ware} costs ${10 + (wares.indexOf(ware) % 80)} EUR.`;
const prices = wares.map((ware) => ({ input: `What does the ${ware} cost?`, output: priceOf(ware) }));
const daysTo = (city: string): number => 2 + (CITIES.indexOf(city) % 7);
const deliveries = CITIES.map((city) => ({ entryId: `delivery-${city}`, title: `Delivery to ${city}`, text: `Parcels to ${city} take ${daysTo(city)} days.` }));
const DELIVERY_WORDINGS = ['How long does a parcel take to %?', 'Parcels to %: how many days do they take?', 'How many days does my parcel to % take?', 'Does a parcel take long to %?', 'When I send parcels to %, how long do they take?', 'I want to know how long parcels take to %.', 'Can you say how long a parcel to % will take?', 'Parcel to %, does it take many days?'];

/** What the scripted model has in mind: some of it is wrong, out of shape, or made up. */
export const memories: readonly Memory[] = [
  { asked: /^What does the (\w+ \w+) cost\?$/u, sentences: ([, ware = '']) => [priceOf(ware)] },
  { asked: /late fee if I pay the invoice/u, sentences: () => ['The late fee is 3 EUR.'] },
  { asked: /assemble the \w+ \w+ after it was delivered/u, sentences: () => ['Unpack all of the parts.', 'Screw the legs on.', 'Turn it over.'] },
  { asked: /kill the \w+ \w+ process/u, sentences: () => ['Run kill with the number of the process.'] },
  { asked: /phone number of the office that sold me the (\w+ \w+)/u, sentences: ([, ware = '']) => [`The number of that office is 0800 ${4_000 + wares.indexOf(ware)}.`] },
];

const SCRIPTED = { name: 'scripted', model: 'scripted-1' };
const lessons = [
  { wordings: ['How do I return a %?', 'How can I return the % that I bought?'], answer: 'Please send it back within thirty days.' },
  { wordings: ['Where is the % that I ordered?', 'Where is my % now?'], answer: 'Your parcel is on its way.' },
  { wordings: ['Can I pay for the % by invoice?', 'Can I pay for my % with an invoice instead?'], answer: 'You can choose how to pay at the end.' },
];
/** What the embedded model knows at first. */
export const firstLessons = lessons.flatMap(({ wordings, answer }) => wordings.flatMap((wording) => wares.slice(0, 48).map((ware) => ({ input: wording.replace('%', ware), output: answer }))));
const PHOTO = 'Please send us a photo of the damage.';

export const weakWorkloads: readonly WeakWorkload[] = [
  {
    workload: 'billing',
    rootCause: 'knowledge_gap',
    fixType: 'knowledge_entries',
    bundle: { provider: SCRIPTED, systemPrompt: 'You answer questions about invoices.', safety: { threshold: 0.5 } },
    requests: wares.slice(1, FAILING).map((ware) => `What is the late fee if I pay the invoice for the ${ware} after the due date?`),
    complaint: { name: 'correction', correction: 'The late fee is 12 EUR.', reasons: ['incorrect'] },
    general: prices,
    asked: `What is the late fee if I pay the invoice for the ${wares[0]} after the due date?`,
    before: /3 EUR/u,
    after: /12 EUR/u,
  },
  {
    workload: 'assembly',
    rootCause: 'format_unclear',
    fixType: 'prompt_patch',
    bundle: { provider: SCRIPTED, systemPrompt: 'You help people to assemble what they bought.', safety: { threshold: 0.5 } },
    requests: wares.slice(1, FAILING).map((ware) => `How do I assemble the ${ware} after it was delivered in several parts?`),
    complaint: { name: 'thumbs', value: false, comment: 'Hard to read, please give me numbered steps', reasons: ['hard_to_understand'] },
    general: prices,
    asked: `How do I assemble the ${wares[0]} after it was delivered in several parts?`,
    before: /^Unpack all of the parts\. Screw/u,
    after: /^1\. Unpack all of the parts\.\n2\. Screw the legs on\.\n3\. /u,
  },
  {
    workload: 'terminal',
    rootCause: 'over_conservative_safety',
    fixType: 'safety_threshold',
    bundle: { provider: SCRIPTED, systemPrompt: 'You help with computers.', safety: { threshold: 0.3 } },
    requests: wares.slice(1, FAILING).map((ware) => `How do I kill the ${ware} process that my child left running in the terminal?`),
    complaint: { name: 'thumbs', value: false, comment: 'This is about a computer, nobody is in danger' },
    general: prices,
    asked: `How do I kill the ${wares[0]} process that my child left running in the terminal?`,
    before: /^I can't help with that request\.$/u,
    after: /^Run kill with the number of the process\.$/u,
  },
  {
    workload: 'delivery',
    rootCause: 'insufficient_grounding',
    fixType: 'retrieval_change',
    bundle: { provider: SCRIPTED, systemPrompt: 'You answer questions about deliveries.', knowledge: deliveries, safety: { threshold: 0.5 } },
    requests: wares.slice(1, FAILING).map((ware) => `What is the phone number of the office that sold me the ${ware}?`),
    complaint: { name: 'thumbs', value: false, comment: 'You made that up, there is no such number' },
    general: CITIES.flatMap((city) => DELIVERY_WORDINGS.map((wording) => ({ input: wording.replace('%', city), output: `Parcels to ${city} take ${daysTo(city)} days.` }))),
    asked: `What is the phone number of the office that sold me the ${wares[0]}?`,
    before: /0800/u,
    after: /^I do not know\.$/u,
  },
  {
    workload: 'returns',
    rootCause: 'intent_misunderstood',
    fixType: 'training_examples',
    bundle: { safety: { threshold: 0.5 } },
    requests: wares.slice(1, TAUGHT).map((ware) => `The ${ware} arrived with a scratch and a dent, what happens now?`),
    complaint: { name: 'correction', correction: PHOTO, reasons: ['did_not_answer'] },
    general: firstLessons,
    asked: `The ${wares[0]} arrived with a scratch and a dent, what happens now?`,
    before: /^(?!Please send us a photo)/u,
    after: /^Please send us a photo of the damage\.$/u,
  },
];
