// Builds, and runs the whole product at an even rate for a while: `npm run soak -- [--minutes N]`. Exits 1 where memory or lag grows, or anything goes wrong. `--help` says more.
import { runEndToEnd } from './end-to-end.mjs';

await runEndToEnd('soak/main');
