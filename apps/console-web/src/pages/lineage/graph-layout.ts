import { graphlib, layout } from '@dagrejs/dagre';
import type { LineageGraph, LineageNode } from '@ratchet/console-api';

export const NODE_SIZE = { width: 190, height: 62 } as const;

export interface PlacedNode extends LineageNode {
  readonly x: number;
  readonly y: number;
}

/** Places nodes from left to right, causes before effects; x and y are of the upper left corner. */
export const placed = ({ nodes, edges }: LineageGraph): PlacedNode[] => {
  const graph = new graphlib.Graph();
  graph.setGraph({ rankdir: 'LR', nodesep: 14, ranksep: 46, marginx: 8, marginy: 8 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { nodeId } of nodes) graph.setNode(nodeId, { ...NODE_SIZE });
  for (const { from, to } of edges) graph.setEdge(from, to);
  layout(graph);
  return nodes.map((node) => {
    const { x = 0, y = 0 } = graph.node(node.nodeId) as { x?: number; y?: number };
    return { ...node, x: x - NODE_SIZE.width / 2, y: y - NODE_SIZE.height / 2 };
  });
};

export interface LineageBranch {
  /** One because of the next, as long as each has a single cause. */
  readonly path: readonly LineageNode[];
  /** What led to the last of the path, where that is more than one thing. */
  readonly causes: readonly LineageBranch[];
}

/** The graph as nested lists: each end of it, with what led to it. Every node is there once with its causes; told again, it has none. */
export const branches = ({ nodes, edges }: LineageGraph): LineageBranch[] => {
  const byId = new Map(nodes.map((node) => [node.nodeId, node]));
  const told = new Set<string>();
  const causesOf = ({ nodeId }: LineageNode): LineageNode[] => edges.filter(({ to }) => to === nodeId).flatMap(({ from }) => byId.get(from) ?? []);
  const branchOf = (first: LineageNode): LineageBranch => {
    const path: LineageNode[] = [];
    let causes: LineageNode[] = [first];
    while (causes.length === 1) {
      const node = causes[0] as LineageNode;
      path.push(node);
      causes = told.has(node.nodeId) ? [] : causesOf(node);
      told.add(node.nodeId);
    }
    return { path, causes: causes.map(branchOf) };
  };
  const ends = nodes.filter(({ nodeId }) => !edges.some(({ from }) => from === nodeId));
  // Nodes of a circle are no end of anything.
  return [...ends, ...nodes].flatMap((node) => (told.has(node.nodeId) ? [] : [branchOf(node)]));
};
