// `npm run verify -- helm`: the chart as an operator would render it, with the least that it needs and with everything on; what it renders is what Kubernetes takes,
// wrong values are refused by name, and rights are as few as they can be. Helm and the reader of Kubernetes' objects are built by Go where they are missing.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { buildGo, hasGo, toolsFolder } from './go-program.mjs';
import { root } from './run-process.mjs';

const HELM = 'helm.sh/helm/v3/cmd/helm@v3.19.0';
const KUBE_VERSIONS = ['1.27.0', '1.34.0'];
const chart = join(root, 'deploy/helm/ratchet');

const run = (program, args, { input, cwd = root, env = {} } = {}) => spawnSync(program, args, { cwd, input, encoding: 'utf8', maxBuffer: 2 ** 26, env: { ...process.env, ...env } });

const must = (program, args, options) => {
  const { status, stdout, stderr } = run(program, args, options);
  assert.equal(status, 0, `${program} ${args.join(' ')}: ${stderr || stdout}`);
  return stdout;
};

const helmProgram = () => {
  if (run('helm', ['version']).status === 0) return 'helm';
  const helm = join(toolsFolder, 'helm');
  if (!existsSync(helm)) must('go', ['install', HELM], { env: { GOBIN: toolsFolder } });
  return helm;
};

/** Helm, and what reads the objects that it renders; undefined where there is no Go to build them. */
export const programs = () => (hasGo() ? { check: buildGo('helm-check'), helm: helmProgram() } : undefined);

const valuesOf = (name) => join(chart, 'ci', `${name}-values.yaml`);
const objectsOf = (text) => parseAllDocuments(text).map((document) => document.toJS()).filter((object) => object?.kind);
const podsOf = (objects) =>
  objects.flatMap(({ kind, metadata: { name }, spec }) => (kind === 'Deployment' || kind === 'Job' ? [{ kind, name, pod: spec.template.spec }] : kind === 'Pod' ? [{ kind, name, pod: spec }] : []));

/** Only the dispatcher may make Jobs, and only where Jobs train; nobody else has so much as a token. */
const checkRights = (objects, { mayMakeJobs }) => {
  const roles = objects.filter(({ kind }) => /Role$/.test(kind));
  assert.equal(objects.filter(({ kind }) => /^Cluster/.test(kind)).length, 0, 'no rights beyond a namespace');
  assert.deepEqual(roles.flatMap(({ rules }) => rules.flatMap(({ resources, verbs }) => resources.map((resource) => `${resource}: ${verbs.join(' ')}`))).sort(), mayMakeJobs ? ['jobs: create get list watch delete', 'pods/log: get', 'pods: list'] : []);
  const account = mayMakeJobs ? 'r-ratchet-trainer-dispatcher' : undefined;
  for (const { subjects } of objects.filter(({ kind }) => kind === 'RoleBinding')) assert.deepEqual(subjects.map(({ name }) => name), [account]);
  for (const { name, pod } of podsOf(objects)) {
    assert.equal(pod.automountServiceAccountToken, name === account, `${name} and its token`);
    assert.equal(account !== undefined && pod.serviceAccountName === account, name === account, `${name} and the account that may make Jobs`);
  }
};

const checkPods = (objects) => {
  const pods = podsOf(objects);
  assert.ok(pods.length >= 9, 'every service is there');
  for (const { kind, name, pod } of pods) {
    assert.equal(pod.securityContext.runAsNonRoot, true, `${name} runs as root`);
    for (const { securityContext, livenessProbe, readinessProbe, resources } of [...(pod.initContainers ?? []), ...pod.containers]) {
      assert.ok(securityContext.readOnlyRootFilesystem && !securityContext.allowPrivilegeEscalation && securityContext.capabilities.drop.includes('ALL'), `${name} may write or do more than it needs`);
      assert.ok(resources.requests && resources.limits.memory, `${name} has no limits`);
      if (kind === 'Deployment') assert.ok(livenessProbe && readinessProbe, `${name} has no probes`);
    }
  }
};

/** Hooks name nothing that the release brings, for it is not there yet; the Job does for each service with Kafka what its own start would do. */
const checkMigrations = (objects) => {
  const hookOf = ({ metadata }) => metadata.annotations?.['helm.sh/hook'] ?? '';
  const hooks = objects.filter((object) => hookOf(object) === 'pre-install,pre-upgrade');
  const [job] = hooks.filter(({ kind }) => kind === 'Job');
  const { serviceAccountName, restartPolicy, initContainers, containers } = job.spec.template.spec;
  assert.equal(restartPolicy, 'Never', 'a pod that failed is kept, to be read');
  assert.equal(serviceAccountName, undefined, 'the account of the release is not there yet');
  const brought = new Set(hooks.filter(({ kind }) => kind !== 'Job').map(({ metadata: { name } }) => name));
  const own = new Set(objects.filter((object) => /^(?:ConfigMap|Secret)$/.test(object.kind) && hookOf(object) === '').map(({ metadata: { name } }) => name));
  const all = [...initContainers, ...containers];
  for (const { name, args, env, envFrom } of all) {
    assert.deepEqual(args, ['--migrate'], name);
    const named = [...envFrom.map(({ configMapRef }) => configMapRef.name), ...env.flatMap(({ valueFrom }) => valueFrom?.secretKeyRef.name ?? [])];
    assert.deepEqual(named.filter((one) => own.has(one) && !brought.has(one)), [], `${name} needs what comes after it`);
  }
  const withKafka = objects.filter(({ kind, spec }) => kind === 'Deployment' && spec.template.spec.containers[0].envFrom).map(({ spec }) => spec.template.spec.containers[0].name);
  assert.deepEqual(all.map(({ name }) => name).sort(), withKafka.sort());
};

/** Who is scraped by a PodMonitor has no annotations that have it scraped once more. */
const checkScraping = (objects) => {
  const isMonitored = objects.some(({ kind }) => kind === 'PodMonitor');
  for (const { metadata, spec } of objects.filter(({ kind }) => kind === 'Deployment')) assert.equal('prometheus.io/scrape' in (spec.template.metadata.annotations ?? {}), !isMonitored, metadata.name);
};

const refusals = [
  ['services.gateway.replicas=two', /replicas.*want integer/s],
  ['services.gateway.replicass=2', /additional properties 'replicass'/],
  ['services.nothing.enabled=true', /additional properties 'nothing'/],
  ['monitoring.podMonitor.interval=often', /interval.*pattern/s],
  ['services.model-server.autoscaling.enabled=true,services.model-server.autoscaling.minReplicas=1,services.model-server.autoscaling.maxReplicas=2,services.model-server.autoscaling.cpuPercent=70', /set replicas to 1/],
  ['kafka.brokers=', /kafka.brokers/],
  ['services.console.persistence.enabled=true,services.console.persistence.variable=X,services.console.keda.enabled=true,services.console.keda.minReplicas=1,services.console.keda.maxReplicas=2,services.console.keda.lag=5,services.console.keda.topics={ratchet.vitals.v1}', /services.console keeps its data in one volume/],
  ['services.model-server.replicas=2', /replicas to 1, or name a shared volume/],
  ['securityContext.readOnlyRootFileSystem=true', /additional properties 'readOnlyRootFileSystem'/],
  ['podSecurityContext.runAsUser=root', /runAsUser.*want integer/s],
  ['services.gateway.resources.limit.memory=1Gi', /additional properties 'limit'/],
  ['services.gateway.resources.limits.memory=much', /memory.*pattern/s],
  ['services.gateway.resources.limits.memory=1.2.3Gi', /memory.*pattern/s],
  ['services.gateway.tolerations[0].efect=NoSchedule', /additional properties 'efect'/],
  ['services.gateway.affinity.node=x', /additional properties 'node'/],
  ['migrations.activeDeadlineSeconds=1', /activeDeadlineSeconds.*minimum/s],
];

const render = (helm, name, kubeVersion, more = []) => run(helm, ['template', 'r', chart, '--namespace', 'ratchet', '--kube-version', kubeVersion, '-f', valuesOf(name), ...more]);

/** Gives why it was left out; undefined where all is well. Throws what is wrong. */
export const verifyHelm = () => {
  const found = programs();
  if (!found) return 'there is no Go here, which builds Helm and reads what it renders';
  const { helm, check } = found;
  for (const name of ['minimal', 'production']) {
    must(helm, ['lint', '--strict', '-f', valuesOf(name), chart]);
    for (const kubeVersion of KUBE_VERSIONS) {
      const { status, stdout, stderr } = render(helm, name, kubeVersion);
      assert.equal(status, 0, stderr);
      process.stdout.write(`${name}, Kubernetes ${kubeVersion}: ${must(check, [], { input: stdout }).trim().split('\n').at(-1)}\n`);
      const objects = objectsOf(stdout);
      checkPods(objects);
      checkMigrations(objects);
      checkScraping(objects);
      checkRights(objects, { mayMakeJobs: name === 'production' });
    }
  }
  const off = render(helm, 'minimal', KUBE_VERSIONS[0], ['--set', 'migrations.enabled=false']);
  assert.deepEqual(objectsOf(off.stdout).filter(({ metadata }) => /pre-install/.test(metadata.annotations?.['helm.sh/hook'] ?? '')), [], 'migrations can be left to the services');
  for (const [setting, said] of refusals) {
    const { status, stderr } = render(helm, 'minimal', KUBE_VERSIONS[0], ['--set', setting]);
    assert.notEqual(status, 0, `${setting} is taken`);
    assert.match(stderr, said, `${setting} is refused without its name`);
  }
  process.stdout.write(`${refusals.length} wrong values are refused by name\n`);
  return undefined;
};
