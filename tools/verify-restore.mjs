// Builds, and drills the restore of a backup: stores are lost in the middle of a rollout, first both, then each by itself: `node tools/verify-restore.mjs`.
// Exits 1 where the rollout does not go on, or the audit does not verify. `--help` says more.
import { runEndToEnd } from './end-to-end.mjs';

await runEndToEnd('restore/main');
