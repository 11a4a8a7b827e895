import { describe, expect, it } from '@jest/globals';
import type { LineageGraph, LineageNode } from '@ratchet/console-api';
import { branches, type LineageBranch, placed } from './graph-layout';

const node = (nodeId: string): LineageNode => ({ nodeId, kind: 'dataset', label: nodeId, detail: '', href: null, count: 1 });
const graph: LineageGraph = { nodes: ['i1', 'i2', 'o', 'd', 'v', 'p', 'alone'].map(node), edges: [['i1', 'o'], ['i2', 'o'], ['o', 'd'], ['d', 'v'], ['o', 'v'], ['v', 'p']].map(([from = '', to = '']) => ({ from, to })) };

describe('the picture of a lineage', () => {
  it('puts causes left of their effects, and nothing on top of another', () => {
    const nodes = placed(graph);
    const xOf = (id: string): number => nodes.find(({ nodeId }) => nodeId === id)?.x ?? Number.NaN;
    for (const { from, to } of graph.edges) expect(xOf(from)).toBeLessThan(xOf(to));
    expect(new Set(nodes.map(({ x, y }) => `${x} ${y}`)).size).toBe(nodes.length);
  });

  it('can be read as lists that name every node, and none endlessly', () => {
    const named = (list: readonly LineageBranch[]): string[] => list.flatMap(({ path, causes }) => [...path.map(({ nodeId }) => nodeId), ...named(causes)]);
    const list = branches(graph);
    const idsOf = ({ path }: LineageBranch): string[] => path.map(({ nodeId }) => nodeId);
    expect(list.map(idsOf)).toEqual([['p', 'v'], ['alone']]);
    expect(list[0]?.causes.map(idsOf)).toEqual([['d', 'o'], ['o']]);
    expect(list[0]?.causes[0]?.causes.map(idsOf)).toEqual([['i1'], ['i2']]);
    expect(new Set(named(list))).toEqual(new Set(graph.nodes.map(({ nodeId }) => nodeId)));
    const circle = { nodes: ['a', 'b'].map(node), edges: [{ from: 'a', to: 'b' }, { from: 'b', to: 'a' }] };
    expect(new Set(named(branches(circle)))).toEqual(new Set(['a', 'b']));
  });
});
