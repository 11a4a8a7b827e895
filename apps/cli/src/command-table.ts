import type { CommandTable } from './command-module.js';

/** Every command. The bin reads this table before anything else is built, so it imports nothing itself. */
export const commandTable: CommandTable = {
  demo: {
    description: 'show the loop turning, week by week, with simulated users',
    load: () => import('./commands/demo.command.js'),
    startsServices: true,
  },
  gate: {
    description: 'judge scored answers of a candidate against those of the incumbent',
    load: () => import('./commands/gate.command.js'),
    needs: ['@ratchet/gates'],
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
};
