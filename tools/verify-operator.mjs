// The way of a new operator, by the documents alone: the chart is rendered and what it renders is run, a version is adopted, a failure rate that rose is explained and rolled back,
// dead letters are replayed: `node tools/verify-operator.mjs`. Exits 1 where something of it does not work, or a document does not show it. `--help` says more.
import { runEndToEnd } from './end-to-end.mjs';
import { programs } from './verify-helm.mjs';

const found = programs();
if (!found) {
  process.stderr.write('there is no Go here, which builds Helm\n');
  process.exit(1);
}
await runEndToEnd('operator/main', ['--helm', found.helm, ...process.argv.slice(2)]);
