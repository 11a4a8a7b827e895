// Builds, and drills the restore of a backup after both stores were lost in the middle of a rollout: `node tools/verify-restore.mjs`. Exits 1 where
// the rollout does not go on, or the audit does not verify. `--help` says more.
import { runEndToEnd } from './end-to-end.mjs';

await runEndToEnd('restore/main');
