import '@xyflow/react/dist/style.css';
import { Anchor, List, SegmentedControl, Text, useComputedColorScheme } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import type { LineageGraph, LineageNode, VersionDetail } from '@ratchet/console-api';
import { useQuery } from '@tanstack/react-query';
import { Background, Controls, Handle, type Node, type NodeProps, Position, ReactFlow, useReactFlow } from '@xyflow/react';
import { type CSSProperties, type UIEvent, useMemo, useState } from 'react';
import { Link } from 'react-router';
import { read } from '../../api/request';
import { Answer } from '../../components/answer';
import { versionPath } from '../../components/format';
import { branches, type LineageBranch, NODE_SIZE, placed } from './graph-layout';
import { Section } from '../../components/section';

const kinds: Readonly<Record<LineageNode['kind'], string>> = {
  version: 'Version', cycle: 'Cycle', run: 'Run', verdict: 'Verdict', rollout: 'Rollout', promotion: 'Promotion', rollback: 'Rollback', dataset: 'Dataset', fix: 'Fix', opportunity: 'Opportunity', interaction: 'Interaction', more: 'More',
};

const box: CSSProperties = { ...NODE_SIZE, padding: 6, borderRadius: 4, border: '1px solid var(--mantine-color-default-border)', background: 'var(--mantine-color-body)', overflow: 'hidden' };

/** The picture follows the keyboard: a link that gets the focus is brought into view. */
const Label = ({ node, x, y }: { readonly node: LineageNode; readonly x: number; readonly y: number }) => {
  const { setCenter, getZoom } = useReactFlow();
  if (node.href === null) {
    return (
      <Text size="xs" truncate>
        {node.label}
      </Text>
    );
  }
  const follow = (): void => void setCenter(x + NODE_SIZE.width / 2, y + NODE_SIZE.height / 2, { zoom: getZoom() });
  return (
    <Anchor component={Link} to={node.href} size="xs" underline="always" display="block" truncate className="nodrag nopan" title={node.label} onFocus={follow}>
      {node.label}
    </Anchor>
  );
};

type FlowNode = Node<{ readonly node: LineageNode }, 'lineage'>;

const Box = ({ data: { node }, positionAbsoluteX, positionAbsoluteY }: NodeProps<FlowNode>) => (
  <div style={{ ...box, ...(node.kind === 'version' && { borderWidth: 2 }) }}>
    <Handle type="target" position={Position.Left} isConnectable={false} />
    <Text size="xs" fw={700} truncate>
      {kinds[node.kind]}
    </Text>
    <Label node={node} x={positionAbsoluteX} y={positionAbsoluteY} />
    <Text size="xs" truncate title={node.detail}>
      {node.detail}
    </Text>
    <Handle type="source" position={Position.Right} isConnectable={false} />
  </div>
);

const ALL_AT_ONCE_MAX = 12;
const nodeTypes = { lineage: Box };

/** A browser scrolls what holds the focus into view, which would shift the whole picture. */
const keepInPlace = ({ target }: UIEvent<HTMLElement>): void => {
  if (target instanceof HTMLElement) target.scrollTo(0, 0);
};

const Picture = ({ graph, version }: { readonly graph: LineageGraph; readonly version: string }) => {
  const scheme = useComputedColorScheme('light');
  const nodes = useMemo(() => placed(graph).map((node): FlowNode => ({ id: node.nodeId, type: 'lineage', position: { x: node.x, y: node.y }, data: { node }, draggable: false, connectable: false, focusable: false })), [graph]);
  const edges = useMemo(() => graph.edges.map(({ from, to }) => ({ id: JSON.stringify([from, to]), source: from, target: to, focusable: false, selectable: false })), [graph]);
  const fitViewOptions = useMemo(() => {
    const own = `version:${version}`;
    const beside = graph.edges.flatMap(({ from, to }) => (to === own || from === own ? [from, to] : []));
    const around = graph.edges.flatMap(({ from, to }) => (beside.includes(to) || beside.includes(from) ? [from, to] : []));
    // All of a large graph at once could not be read: what is near to the version is shown first.
    return { maxZoom: 1, ...(graph.nodes.length > ALL_AT_ONCE_MAX && { nodes: [...new Set([own, ...beside, ...around])].map((id) => ({ id })) }) };
  }, [graph, version]);
  return (
    <div style={{ height: 420, border: '1px solid var(--mantine-color-default-border)' }} onScrollCapture={keepInPlace}>
      <ReactFlow nodes={nodes} edges={edges} nodeTypes={nodeTypes} colorMode={scheme} fitView fitViewOptions={fitViewOptions} minZoom={0.1} nodesDraggable={false} nodesConnectable={false} elementsSelectable={false} zoomOnScroll={false} preventScrolling={false} aria-label="Lineage as a graph; the list says the same">
        <Background />
        <Controls showInteractive={false} />
      </ReactFlow>
    </div>
  );
};

const Line = ({ node }: { readonly node: LineageNode }) => (
  <>
    {kinds[node.kind]}:{' '}
    {node.href === null ? (
      node.label
    ) : (
      <Anchor component={Link} to={node.href} size="sm" underline="always">
        {node.label}
      </Anchor>
    )}
    {node.detail !== '' && ` (${node.detail})`}
  </>
);

const Branch = ({ branch: { path, causes } }: { readonly branch: LineageBranch }) => (
  <List.Item>
    {path.map((node, place) => (
      <div key={node.nodeId}>
        {place > 0 && '← '}
        <Line node={node} />
      </div>
    ))}
    {causes.length > 0 && (
      <>
        ← all of these:
        <Branches list={causes} />
      </>
    )}
  </List.Item>
);

const Branches = ({ list }: { readonly list: readonly LineageBranch[] }) => (
  <List size="sm" pl="sm" style={{ overflowWrap: 'anywhere' }} styles={{ itemWrapper: { display: 'inline' }, itemLabel: { display: 'inline' } }}>
    {list.map((branch) => (
      <Branch key={branch.path.map(({ nodeId }) => nodeId).join(' ')} branch={branch} />
    ))}
  </List>
);

const Pictured = ({ graph, version }: { readonly graph: LineageGraph; readonly version: string }) => {
  const isNarrow = useMediaQuery('(max-width: 48em)', false, { getInitialValueInEffect: false });
  const [chosen, setShown] = useState<string>();
  const shown = chosen ?? (isNarrow ? 'list' : 'graph');
  return (
    <>
      <SegmentedControl aria-label="How the lineage is shown" value={shown} onChange={setShown} data={[{ value: 'graph', label: 'Graph' }, { value: 'list', label: 'List' }]} style={{ alignSelf: 'flex-start' }} />
      {shown === 'graph' ? (
        <Picture graph={graph} version={version} />
      ) : (
        <>
          <Text size="sm">An arrow points from a cause to what came of it; the end stands first.</Text>
          <Branches list={branches(graph)} />
        </>
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
      <Answer of={query}>{(graph) => <Pictured graph={graph} version={detail.version} />}</Answer>
    </Section>
  );
};
