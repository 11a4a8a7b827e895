// Run by the task runner in a project's folder after it built it, so that the command line does not build it once more.
import { fileURLToPath } from 'node:url';
import { stampBuild } from './stale-build.mjs';

const root = fileURLToPath(new URL('../../../', import.meta.url));
stampBuild(root, process.cwd());
