// Builds, and kills trainer-dispatcher, model-server and evaluator at every step of cycles: `node tools/cycle-kills.mjs [--kills N] [--seed N]`. Exits 1
// where a cycle came to anything else than one that nobody disturbs. `--help` says more.
import { runEndToEnd } from './end-to-end.mjs';

await runEndToEnd('cycle-kills/main');
