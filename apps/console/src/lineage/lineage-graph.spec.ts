import { describe, expect, it } from '@jest/globals';
import { lineageGraphSchema } from '@ratchet/console-api';
import { LINEAGE_LIMITS, type LineageFacts, lineageGraph } from './lineage-graph.js';

const facts = (change: Partial<LineageFacts> = {}): LineageFacts => ({
  model: 'team/assistant',
  workload: 'support',
  version: 'v2',
  parentVersion: 'v1',
  children: ['v3'],
  cycle: { cycleId: 'c1', state: 'promoted', trigger: 'data_threshold', backend: 'openai', outcome: 'passed' },
  fix: undefined,
  datasets: [{ datasetId: 'd1', examples: 40, opportunityIds: ['o1'] }],
  opportunities: [{ opportunityId: 'o1', rootCause: 'knowledge_gap', interactionIds: ['i/1', 'i2', 'i3', 'i4', 'i5', 'i6'] }],
  steps: [{ decisionId: 'r1', kind: 'rollout', actor: 'controller', reason: 'DRAFT → CANARY: begun', rolloutId: 'ro/1' }, { decisionId: 'x', kind: 'verdict', actor: 'evaluator', reason: 'passed', rolloutId: null }, { decisionId: 'p1', kind: 'promotion', actor: 'controller', reason: 'no worse', rolloutId: 'ro/1' }],
  ...change,
});
const ids = (graph: ReturnType<typeof lineageGraph>): string[] => graph.nodes.map(({ nodeId }) => nodeId);
/** Every node from which a path leads to `end`. */
const leadingTo = ({ edges }: ReturnType<typeof lineageGraph>, end: string): Set<string> => {
  const found = new Set([end]);
  for (let size = 0; size !== found.size; ) {
    size = found.size;
    for (const { from, to } of edges) if (found.has(to)) found.add(from);
  }
  return found;
};

describe('the lineage of a version', () => {
  it('leads from failed interactions over opportunity, dataset and run to the version, and on to its promotion', () => {
    const graph = lineageGraph(facts());
    const path = ['interaction:i2', 'opportunity:o1', 'dataset:d1', 'run:c1', 'version:v2', 'verdict:c1', 'decision:r1', 'decision:p1'];
    for (const [place, from] of path.slice(0, -1).entries()) expect(graph.edges).toContainEqual({ from, to: path[place + 1] });
    expect(graph.edges).toContainEqual({ from: 'version:v1', to: 'run:c1' });
    expect(graph.edges).toContainEqual({ from: 'version:v2', to: 'version:v3' });
    expect(graph.nodes.find(({ nodeId }) => nodeId === 'interaction:i/1')?.href).toBe('/failures/i%2F1');
    expect(graph.nodes.find(({ nodeId }) => nodeId === 'version:v1')?.href).toBe('/versions/team%2Fassistant/support/v1');
    expect(graph.nodes.find(({ nodeId }) => nodeId === 'decision:p1')?.href).toBe('/rollouts/ro%2F1');
    expect(ids(graph)).not.toContain('decision:x');
  });

  it('says how many it does not show, and loses none of them', () => {
    const graph = lineageGraph(facts());
    expect(graph.nodes.find(({ nodeId }) => nodeId === 'interactions:o1')).toMatchObject({ kind: 'more', label: '2 more', count: 2 });
    expect(graph.nodes.filter(({ kind }) => kind === 'interaction')).toHaveLength(LINEAGE_LIMITS.interactionsEach);
  });

  it('puts a fix between its opportunity, its dataset and the version', () => {
    const graph = lineageGraph(facts({ fix: { fixId: 'f1', fixType: 'prompt_patch', opportunityId: 'o1', datasetId: 'd1' } }));
    expect(graph.edges).toEqual(expect.arrayContaining([{ from: 'opportunity:o1', to: 'fix:f1' }, { from: 'dataset:d1', to: 'fix:f1' }, { from: 'fix:f1', to: 'run:c1' }]));
    expect(graph.edges).not.toContainEqual({ from: 'dataset:d1', to: 'run:c1' });
  });

  it('stays within its bounds, joins only what it shows, and leads to the version from everywhere before it', () => {
    const many = (prefix: string, count: number): string[] => Array.from({ length: count }, (_, n) => `${prefix}${n}`);
    const graph = lineageGraph(
      facts({
        children: many('child', 500),
        datasets: many('d', 300).map((datasetId, n) => ({ datasetId, examples: 1, opportunityIds: many('o', 300).slice(n) })),
        opportunities: many('o', 300).map((opportunityId) => ({ opportunityId, rootCause: undefined, interactionIds: many(`${opportunityId}-i`, 2_000) })),
        steps: many('s', 400).map((decisionId) => ({ decisionId, kind: 'rollout', actor: 'a', reason: 'r'.repeat(300), rolloutId: null })),
      }),
    );
    expect(lineageGraphSchema.safeParse(graph).error).toBeUndefined();
    const known = new Set(ids(graph));
    expect(known.size).toBe(graph.nodes.length);
    for (const { from, to } of graph.edges) expect([known.has(from), known.has(to)]).toEqual([true, true]);
    const before = leadingTo(graph, 'version:v2');
    for (const { nodeId, kind } of graph.nodes) if (['interaction', 'opportunity', 'dataset', 'run'].includes(kind)) expect(before).toContain(nodeId);
    expect(graph.nodes.find(({ nodeId }) => nodeId === 'steps')?.count).toBe(400 - LINEAGE_LIMITS.steps);
  });

  it('of a version that no cycle made is the version alone, with its base', () => {
    expect(lineageGraph(facts({ cycle: undefined, datasets: [], opportunities: [], steps: [], children: [] })).edges).toEqual([{ from: 'version:v1', to: 'version:v2' }]);
    expect(ids(lineageGraph(facts({ cycle: undefined, parentVersion: undefined, datasets: [], opportunities: [], steps: [], children: [] })))).toEqual(['version:v2']);
  });
});
