import { describe, expect, it } from '@jest/globals';
import { readChart } from './rendered-chart.js';

const secret = (key: string): string => `
kind: Secret
metadata: {name: s}
stringData: {${key}: "postgres://there"}
`;
const config = `
kind: ConfigMap
metadata: {name: c}
data: {KAFKA_BROKERS: "kafka:9092"}
`;
const pod = (extra: string): string => `
    metadata: {labels: {app: one}}
    spec:
      containers:
        - name: one
          image: registry.example.com/ratchet-analyzer:1
          ${extra}
          envFrom: [{configMapRef: {name: c}}]
          env:
            - {name: HTTP_PORT, value: "8080"}
            - {name: DATABASE_URL, valueFrom: {secretKeyRef: {name: s, key: DATABASE_URL}}}
            - {name: WEBHOOKS, valueFrom: {secretKeyRef: {name: s, key: WEBHOOKS, optional: true}}}
          readinessProbe: {httpGet: {path: /health/ready}}`;
const deployment = `
kind: Deployment
metadata: {name: r-one}
spec:
  template:${pod('')}
`;
const service = `
kind: Service
metadata: {name: r-one}
spec: {selector: {app: one}, ports: [{port: 80}]}
`;
const hook = (weight: number): string => `
kind: Job
metadata: {name: before-${weight}, annotations: {helm.sh/hook: "pre-install,pre-upgrade", helm.sh/hook-weight: "${weight}"}}
spec:
  template:${pod('args: [--migrate]')}
`;
const env = { KAFKA_BROKERS: 'kafka:9092', HTTP_PORT: '8080', DATABASE_URL: 'postgres://there' };

describe('a rendered chart', () => {
  it('gives each container the variables and addresses that Kubernetes would', () => {
    const { deployments, hooks } = readChart([secret('DATABASE_URL'), config, deployment, service].join('---'));
    expect(deployments).toEqual([{ name: 'r-one', app: 'analyzer', args: [], env, addresses: ['http://r-one:80'], readinessPath: '/health/ready' }]);
    expect(hooks).toEqual([]);
  });

  it('runs hooks by their weight', () => {
    const { hooks } = readChart([hook(5), hook(-5), secret('DATABASE_URL'), config].join('---'));
    expect(hooks.map(({ name, args }) => [name, args])).toEqual([['before--5/one', ['--migrate']], ['before-5/one', ['--migrate']]]);
  });

  it('throws where a container names what is not there', () => {
    expect(() => readChart([secret('OTHER'), config, deployment].join('---'))).toThrow('the Secret s has no DATABASE_URL');
    expect(() => readChart([secret('DATABASE_URL'), deployment].join('---'))).toThrow('renders no ConfigMap or Secret of that name');
  });
});
