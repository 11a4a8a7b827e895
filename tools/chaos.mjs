// `npm run chaos -- [--seed N] [--kills N] [--minutes N]`: the built product on a stack of its own, killed and interrupted at random while
// traffic flows; then what came of it is compared with what should have. Exits 1 on any difference. `--help` says more.
import { runEndToEnd } from './end-to-end.mjs';

await runEndToEnd('chaos/main');
