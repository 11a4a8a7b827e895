// Builds, and kills rollout-controllers before and after every write of every transition: `node tools/rollout-kills.mjs [--instances N]`. Exits 1
// where rows, revisions or events are not those of a run that nobody disturbs. `--help` says more.
import { runEndToEnd } from './end-to-end.mjs';

await runEndToEnd('rollout-kills/main');
