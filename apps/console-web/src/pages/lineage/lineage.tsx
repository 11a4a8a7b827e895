import '@xyflow/react/dist/style.css';
import { Anchor, List, SegmentedControl, Text, useComputedColorScheme } from '@mantine/core';
import type { LineageGraph, LineageNode, VersionDetail } from '@ratchet/console-api';
import { useQuery } from '@tanstack/react-query';
import { Background, Controls, Handle, type Node, type NodeProps, Position, ReactFlow } from '@xyflow/react';
import { type CSSProperties, useMemo, useState } from 'react';
import { Link } from 'react-router';
import { read } from '../../api/request';
import { Answer } from '../../components/answer';
import { versionPath } from './format';
import { branches, type LineageBranch, NODE_SIZE, placed } from './graph-layout';
import { Section } from './section';

const kinds: Readonly<Record<LineageNode['kind'], string>> = {
  version: 'Version', cycle: 'Cycle', run: 'Run', verdict: 'Verdict', rollout: 'Rollout', promotion: 'Promotion', rollback: 'Rollback', dataset: 'Dataset', fix: 'Fix', opportunity: 'Opportunity', interaction: 'Interaction', more: 'More',
};

const box: CSSProperties = { ...NODE_SIZE, padding: 6, borderRadius: 4, border: '1px solid var(--mantine-color-default-border)', background: 'var(--mantine-color-body)', overflow: 'hidden' };

const Label = ({ node }: { readonly node: LineageNode }) =>
  node.href === null ? (
    <Text size="xs" truncate>
      {node.label}
    </Text>
  ) : (
    <Anchor component={Link} to={node.href} size="xs" underline="always" display="block" truncate className="nodrag nopan" title={node.label}>
      {node.label}
    </Anchor>
  );

type FlowNode = Node<{ readonly node: LineageNode }, 'lineage'>;

const Box = ({ data: { node } }: NodeProps<FlowNode>) => (
  <div style={{ ...box, ...(node.kind === 'version' && { borderWidth: 2 }) }}>
    <Handle type="target" position={Position.Left} isConnectable={false} />
    <Text size="xs" fw={700} truncate>
      {kinds[node.kind]}
    </Text>
    <Label node={node} />
    <Text size="xs" truncate title={node.detail}>
      {node.detail}
    </Text>
    <Handle type="source" position={Position.Right} isConnectable={false} />
  </div>
);

const nodeTypes = { lineage: Box };

const Picture = ({ graph }: { readonly graph: LineageGraph }) => {
  const scheme = useComputedColorScheme('light');
  const nodes = useMemo(() => placed(graph).map((node): FlowNode => ({ id: node.nodeId, type: 'lineage', position: { x: node.x, y: node.y }, data: { node }, draggable: false, connectable: false, focusable: false })), [graph]);
  const edges = useMemo(() => graph.edges.map(({ from, to }) => ({ id: JSON.stringify([from, to]), source: from, target: to, focusable: false, selectable: false })), [graph]);
  return (
    <div style={{ height: 420, border: '1px solid var(--mantine-color-default-border)' }}>
      <ReactFlow nodes={nodes} edges={edges} nodeTypes={nodeTypes} colorMode={scheme} fitView minZoom={0.1} nodesDraggable={false} nodesConnectable={false} elementsSelectable={false} zoomOnScroll={false} preventScrolling={false} aria-label="Lineage as a graph; the list says the same">
        <Background />
        <Controls showInteractive={false} />
      </ReactFlow>
    </div>
  );
};

const Branch = ({ branch: { node, causes } }: { readonly branch: LineageBranch }) => (
  <List.Item>
    {kinds[node.kind]}:{' '}
    {node.href === null ? (
      node.label
    ) : (
      <Anchor component={Link} to={node.href} size="sm" underline="always">
        {node.label}
      </Anchor>
    )}
    {node.detail !== '' && ` (${node.detail})`}
    {causes.length > 0 && (
      <>
        , because of
        <List size="sm" withPadding>
          {causes.map((cause, place) => (
            <Branch key={`${cause.node.nodeId} ${place}`} branch={cause} />
          ))}
        </List>
      </>
    )}
  </List.Item>
);

const Pictured = ({ graph }: { readonly graph: LineageGraph }) => {
  const [shown, setShown] = useState('graph');
  return (
    <>
      <SegmentedControl aria-label="How the lineage is shown" value={shown} onChange={setShown} data={[{ value: 'graph', label: 'Graph' }, { value: 'list', label: 'List' }]} style={{ alignSelf: 'flex-start' }} />
      {shown === 'graph' ? (
        <Picture graph={graph} />
      ) : (
        <List size="sm" style={{ overflowWrap: 'anywhere' }}>
          {branches(graph).map((branch) => (
            <Branch key={branch.node.nodeId} branch={branch} />
          ))}
        </List>
      )}
    </>
  );
};

/** From the interactions that caused a version to what became of it: as a graph, or as nested lists. */
export const Lineage = ({ detail }: { readonly detail: VersionDetail }) => {
  const path = versionPath(detail);
  const query = useQuery({ queryKey: ['cycles', 'lineage', path], queryFn: () => read<LineageGraph>(`/api${path}/lineage`) });
  return (
    <Section title="Lineage">
      <Answer of={query}>{(graph) => <Pictured graph={graph} />}</Answer>
    </Section>
  );
};
