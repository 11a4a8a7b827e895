import type { CommandTable } from './command-module.js';

/** Every command. The bin reads this table before anything else is built, so it imports nothing itself. */
export const commandTable: CommandTable = {
  up: {
    description: 'start Kafka, PostgreSQL and every service, and stay until Ctrl-C',
    load: () => import('./commands/up.command.js'),
    startsServices: true,
  },
  demo: {
    description: 'show the loop turning, week by week, with simulated users',
    load: () => import('./commands/demo.command.js'),
    startsServices: true,
  },
  detect: {
    description: 'say which interactions of a log failed, and by which signals',
    load: () => import('./commands/detect.command.js'),
    needs: ['@ratchet/signals', '@ratchet/genai-spans'],
  },
  signals: {
    description: 'check the failure probability against feedback, and learn its weights from it',
    load: () => import('./commands/signals.command.js'),
    needs: ['@ratchet/signals', '@ratchet/genai-spans'],
  },
  cluster: {
    description: 'group failures that are alike',
    load: () => import('./commands/cluster.command.js'),
    needs: ['@ratchet/clustering'],
  },
  strategies: {
    description: 'list the ways to fix that the analyzer chooses among, and check a file of your own',
    load: () => import('./commands/strategies.command.js'),
    needs: ['@ratchet/strategies'],
  },
  train: {
    description: 'teach the embedded model, from nothing or as an update',
    load: () => import('./commands/train.command.js'),
    needs: ['@ratchet/embedded-model', '@ratchet/sentence-encoder'],
  },
  gate: {
    description: 'judge scored answers of a candidate against those of the incumbent',
    load: () => import('./commands/gate.command.js'),
    needs: ['@ratchet/gates'],
  },
  predict: {
    description: 'answer questions with an embedded model',
    load: () => import('./commands/predict.command.js'),
    needs: ['@ratchet/embedded-model', '@ratchet/sentence-encoder'],
  },
  stats: {
    description: 'calculate with the statistics that the services use',
    load: () => import('./commands/stats.command.js'),
    needs: ['@ratchet/stats'],
  },
  assign: {
    description: 'print the version that a key is served, as gateway and SDK assign it',
    load: () => import('./commands/assign.command.js'),
    needs: ['@ratchet/sdk'],
  },
  status: { description: 'show services, lag, dead letters and routing', load: () => import('./commands/status.command.js') },
  replay: { description: 'send the events of a file to their topics', load: () => import('./commands/replay.command.js') },
  adopt: { description: "put a first version behind a model's name", load: () => import('./commands/adopt.command.js') },
  command: { description: 'pause, advance, roll back, approve, hold: what a person decides', load: () => import('./commands/command.command.js') },
  cycle: { description: 'begin, cancel, list and show improvement cycles', load: () => import('./commands/cycle.command.js') },
  experiment: { description: 'start, stop, list and show A/B tests of two versions', load: () => import('./commands/experiment.command.js') },
  registry: { description: 'versions with their lineage: list, show, follow, and export to MLflow', load: () => import('./commands/registry.command.js') },
  review: { description: 'take up, approve, edit and reject examples that wait for a person', load: () => import('./commands/review.command.js') },
  erase: { description: 'remove what a user said from all that is kept to learn from', load: () => import('./commands/erase.command.js') },
  dataset: { description: 'import suites, export training files, list, show and compare datasets', load: () => import('./commands/dataset.command.js') },
  dlq: { description: 'list, show and replay what services could not take', load: () => import('./commands/dlq.command.js') },
  rewind: { description: 'take Kafka back to the backup to which PostgreSQL was restored', load: () => import('./commands/rewind.command.js') },
  audit: { description: 'verify or export the log of all cycles', load: () => import('./commands/audit.command.js') },
  trace: { description: 'follow an interaction, cycle or version to the promotion that fixed it', load: () => import('./commands/trace.command.js') },
  convert: { description: 'turn published intent data into lines for the demo', load: () => import('./commands/convert.command.js'), needs: [] },
};
