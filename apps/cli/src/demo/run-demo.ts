import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { topicCatalogue } from '@ratchet/contracts';
import type { Target } from '@ratchet/domain';
import { createKafka, ensureTopics, EventProducer } from '@ratchet/kafka';
import type { KafkaClient } from '@ratchet/kafka';
import { startStack } from '@ratchet/local-stack';
import type { Stack } from '@ratchet/local-stack';
import { Logger } from '@ratchet/observability';
import { adoptCommand, orderCommand } from '../commands-out/command-events.js';
import { suiteEvents } from '../datasets/suite-events.js';
import { consoleTokenOf } from '../stack/console-token.js';
import { encoderFolder } from '../stack/encoder-files.js';
import { Fleet, serviceNames } from '../stack/fleet.js';
import { clearRunning, stopLeftovers, writeRunning } from '../stack/running.js';
import { readIntentData } from './intent-data.js';
import type { IntentData } from './intent-data.js';
import { familyMemoryMb } from './memory.js';
import { trainBase } from './onboarding.js';
import { planDemo } from './plan.js';
import type { DemoPlan } from './plan.js';
import { domainsBelow } from './report.js';
import type { DemoReport, WeekReport } from './report.js';
import { demoEnvironment } from './settings.js';
import { Simulator } from './simulator.js';
import { TopicView } from './topic-view.js';
import type { World } from './user.js';
import { DemoError, runWeek } from './week.js';
import type { Screen, WeekContext } from './week.js';

export interface DemoOptions {
  readonly root: string;
  readonly dataDir: string;
  readonly weeks: number;
  readonly exit: boolean;
  readonly report?: string;
  readonly data?: string;
  readonly poison: boolean;
  readonly conversationsPerSecond: number;
  readonly seed: number;
  /** Whether the model reads sentence embeddings. */
  readonly sentences: boolean;
  readonly screen: Screen;
  readonly stopped: AbortSignal;
}

interface SmallTalk {
  readonly intent: string;
  readonly domain: string;
  readonly answer: string;
  readonly texts: readonly string[];
}

const assets = (root: string, file: string): string => join(root, 'apps/cli/data', file);
const readJson = <T>(file: string): T => JSON.parse(readFileSync(file, 'utf8')) as T;

const loadData = ({ root, data }: DemoOptions): IntentData =>
  data ? readIntentData(data) : readIntentData(assets(root, 'support.jsonl'), readJson<Record<string, string>>(assets(root, 'support.answers.json')));

const modelNameOf = ({ data, poison }: DemoOptions): string => {
  const name = data ? (data.split('/').at(-1)?.replace(/\.[^.]*$/, '').replace(/[^a-z0-9]+/gi, '-').toLowerCase() ?? 'data') : 'support';
  return `${name}-assistant${poison ? '-poisoned' : ''}`;
};

/** The best-known intent with the most suite items is attacked: its right answer is replaced by a wrong one of our own. */
const poisonOf = (plan: DemoPlan): NonNullable<World['poison']> => {
  const items = (intent: string): number => plan.generalSuite.filter(({ output }) => output === plan.data.intents.find((entry) => entry.intent === intent)?.answer).length;
  const known = plan.data.intents.filter(({ intent }) => plan.knowledge.get(intent) === 'known').sort((a, b) => items(b.intent) - items(a.intent));
  const victim = known[0];
  if (!victim) throw new DemoError('no intent is known well enough to be attacked');
  // They ask as users ask, so also what the base model was taught from.
  return { texts: victim.open, answer: 'Send the code from the back of your card to our agent and wait for a call.' };
};

interface Running {
  /** How to sign in at the console. */
  readonly hint: string;
  readonly stack: Stack;
  readonly fleet: Fleet;
  readonly kafka: KafkaClient;
  readonly producer: EventProducer;
}

const startAll = async (options: DemoOptions): Promise<Running> => {
  const { screen, dataDir, root } = options;
  await stopLeftovers(dataDir);
  const stack = await startStack({ dataDir: join(dataDir, 'stack'), onProgress: (step) => screen.say(step) });
  try {
    const kafka = createKafka({ brokers: stack.kafkaBrokers, clientId: 'ratchet-demo' }, Logger.silent());
    await ensureTopics(kafka, { catalogue: topicCatalogue, replicationFactor: 1, services: serviceNames });
    const { token, hint } = consoleTokenOf(dataDir);
    screen.say('starting nine services');
    const fleet = await Fleet.start({
      root,
      dataDir,
      kafkaBrokers: stack.kafkaBrokers,
      databaseUrl: stack.databaseUrl,
      env: demoEnvironment({ dataDir, consoleToken: token, encoder: options.sentences ? await encoderFolder((text) => screen.say(text)) : null }),
      onSpawned: (fleet) => writeRunning(dataDir, fleet, stack),
      onExit: (service, code) => screen.print(`${service} ended unexpectedly (${code ?? 'signal'}); its log is ${join(dataDir, 'logs', `${service}.log`)}`),
    });
    return { hint, stack, fleet, kafka, producer: new EventProducer(kafka) };
  } catch (error) {
    await stack.stop();
    throw error;
  }
};

const adopt = async (options: DemoOptions, { fleet, producer }: Running, plan: DemoPlan, smallTalk: SmallTalk, target: Target): Promise<void> => {
  const { screen } = options;
  screen.say(`training the base model on ${plan.base.length} examples`);
  const talk = smallTalk.texts.map((input) => ({ input, output: smallTalk.answer, category: smallTalk.domain }));
  const model = await trainBase({
    baseUrl: `${fleet.url('model-server')}/v1`,
    model: target.model,
    rows: [...plan.base, ...talk],
    fallbackAnswer: plan.data.outOfScope.answer,
    seed: options.seed,
  });
  await producer.send(suiteEvents(target, 'general_suite', plan.generalSuite));
  await producer.send([adoptCommand(target, { provider: { name: 'embedded', model } }, { actor: 'ratchet demo', reason: 'first version of the product' })]);
};

const untilServed = async ({ fleet }: Running, view: TopicView, target: Target): Promise<void> => {
  for (let tries = 0; tries < 300; tries += 1) {
    const listed = await fetch(`${fleet.url('gateway')}/v1/models`).then((response) => response.json() as Promise<{ data: { id: string }[] }>, () => ({ data: [] }));
    if (view.routing && view.bundles.has(view.routing.champion) && listed.data.some(({ id }) => id === target.model)) return;
    await wait(100);
  }
  throw new DemoError('the gateway does not serve the model: see the logs of gateway, trainer-dispatcher and rollout-controller');
};

const summarize = (options: DemoOptions, model: string, weeks: readonly WeekReport[], facts: { seconds: number; trafficSeconds: number; memoryPeakMb: number | null }): DemoReport => {
  const first = weeks[0]?.accuracy.before;
  const last = weeks.at(-1)?.accuracy.after;
  const improved = first !== undefined && last !== undefined && last.overall.right / last.overall.n > first.overall.right / first.overall.n;
  const conversations = weeks.reduce((sum, { traffic }) => sum + traffic.conversations, 0);
  return {
    data: options.data ?? 'built in',
    model,
    weeks,
    promoted: weeks.filter(({ result }) => result === 'promoted').length,
    improved,
    domainsBelow98: first && last ? domainsBelow(first, last) : [],
    seconds: facts.seconds,
    conversationsPerSecond: Math.round(conversations / Math.max(1, facts.trafficSeconds)),
    memoryPeakMb: facts.memoryPeakMb,
  };
};

const runWeeks = async (options: DemoOptions, context: WeekContext): Promise<WeekReport[]> => {
  const reports: WeekReport[] = [];
  const done = context.view.history.filter(({ promoted }) => promoted).length;
  for (let turn = 0; turn < options.weeks && !options.stopped.aborted; turn += 1) {
    const report = await runWeek(context, done + 1 + reports.filter(({ result }) => result === 'promoted').length);
    if (!report) break;
    reports.push(report);
    if (options.poison) break;
  }
  return reports;
};

/** Keeps a product in use, so that the console has something to show. */
const keepServing = async (options: DemoOptions, context: WeekContext, running: Running): Promise<void> => {
  options.screen.print(`\nEverything keeps running. Console: ${running.fleet.url('console')}  Gateway: ${running.fleet.url('gateway')}/v1  Stop with Ctrl-C.`);
  options.screen.say('');
  while (!options.stopped.aborted) await wait(500);
};

/** Starts everything, turns the loop, and stops everything. Returns the report. */
export const runDemo = async (options: DemoOptions): Promise<DemoReport> => {
  const startedAt = performance.now();
  const plan = planDemo(loadData(options));
  const smallTalk = readJson<SmallTalk>(assets(options.root, 'small-talk.json'));
  const target: Target = { model: modelNameOf(options), workload: 'default' };
  const running = await startAll(options);
  let memoryPeakMb = 0;
  const memory = setInterval(() => (memoryPeakMb = Math.max(memoryPeakMb, familyMemoryMb() ?? 0)), 2_000);
  const view = new TopicView(running.kafka, target);
  const simulator = new Simulator({ gatewayUrl: running.fleet.url('gateway'), model: target.model, seed: options.seed, conversationsPerSecond: options.conversationsPerSecond });
  try {
    await view.start();
    if (!view.routing) await adopt(options, running, plan, smallTalk, target);
    await untilServed(running, view, target);
    options.screen.print(`Console: ${running.fleet.url('console')}   Kafka: ${running.stack.kafkaBrokers.join(',')}   OpenAI base URL: ${running.fleet.url('gateway')}/v1 (model ${target.model})\n${running.hint}`);
    const context: WeekContext = {
      plan,
      view,
      simulator,
      modelUrl: `${running.fleet.url('model-server')}/v1`,
      thanks: smallTalk.texts,
      screen: options.screen,
      poison: options.poison ? poisonOf(plan) : undefined,
      stopped: () => options.stopped.aborted,
      orderAnalysis: () => running.producer.send([orderCommand({ order: 'analyze', target, person: { actor: 'ratchet demo', reason: 'a day has ended' } })]),
    };
    const weeksFrom = performance.now();
    const weeks = await runWeeks(options, context);
    const report = summarize(options, target.model, weeks, {
      seconds: Math.round((performance.now() - startedAt) / 1_000),
      trafficSeconds: (performance.now() - weeksFrom) / 1_000,
      memoryPeakMb: memoryPeakMb || null,
    });
    if (options.report) writeFileSync(options.report, `${JSON.stringify(report, null, 2)}\n`);
    if (!options.exit) await keepServing(options, context, running);
    return report;
  } finally {
    clearInterval(memory);
    options.screen.say('stopping');
    await simulator.close().catch(() => undefined);
    await view.stop().catch(() => undefined);
    await running.producer.close().catch(() => undefined);
    await running.fleet.stop();
    await running.stack.stop();
    await clearRunning(options.dataDir);
    options.screen.say('');
  }
};
