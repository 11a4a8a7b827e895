// `npm start`: the demo, with whatever options are given after `--`. The command builds what it needs.
process.argv.splice(2, 0, 'demo');
await import('../apps/cli/bin/ratchet.mjs');
