import { Box, Grid, Group, Paper, Select, Stack, Text } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { type MappedCluster, type OpportunityMap, rootCauses } from '@ratchet/console-api';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { Link } from 'react-router';
import { read } from '../../api/request';
import { Answer } from '../../components/answer';
import { shortNumber, words } from '../../components/format';
import { Nothing } from '../../components/nothing';
import { CauseSymbol } from './cause-symbol';
import { nameOf, toldOf } from './cluster-words';
import { type Label, placeClusters, type PlacedCluster } from './map-layout';
import { trendInWords } from './trend';
import { TrendBars } from './trend-bars';

type Target = NonNullable<OpportunityMap['target']>;

const NARROW = 520;
const LEGEND_AREA = 110;
/** What a finger hits. */
const TOUCH_RADIUS = 12;

const targetName = ({ model, workload }: Pick<Target, 'model' | 'workload'>): string => `${model} / ${workload}`;
const heightOf = (width: number): number => (width < NARROW ? width : Math.min(460, width * 0.62));

interface MarkProps {
  readonly of: PlacedCluster;
  readonly active: boolean;
  readonly onActive: (opportunityId: string | undefined) => void;
}

const Mark = ({ of, active, onActive }: MarkProps) => (
  <Link
    to={`/opportunities/${encodeURIComponent(of.opportunityId)}`}
    aria-label={toldOf(of)}
    onFocus={() => onActive(of.opportunityId)}
    onBlur={() => onActive(undefined)}
    onMouseEnter={() => onActive(of.opportunityId)}
    onMouseLeave={() => onActive(undefined)}
    style={{ outline: 'none' }}
  >
    <circle cx={of.x} cy={of.y} r={Math.max(TOUCH_RADIUS, of.reach + 3)} fill="transparent" {...(active && { stroke: 'var(--mantine-color-text)', strokeWidth: 2 })} />
    <CauseSymbol rootCause={of.rootCause} x={of.x} y={of.y} area={of.area} strong={active} />
  </Link>
);

const LabelText = ({ of: { text, x, y }, strong = false }: { readonly of: Label; readonly strong?: boolean }) => (
  <text x={x} y={y} textAnchor="middle" fontSize={12} fontWeight={strong ? 700 : 400} fill="var(--mantine-color-text)" stroke="var(--mantine-color-body)" strokeWidth={4} paintOrder="stroke" style={{ pointerEvents: 'none' }}>
    {text}
  </text>
);

interface DrawingProps {
  readonly map: OpportunityMap;
  readonly active: string | undefined;
  readonly onActive: (opportunityId: string | undefined) => void;
}

const Drawing = ({ map, active, onActive }: DrawingProps) => {
  const { ref, width } = useElementSize();
  const height = heightOf(width);
  const placed = useMemo(() => (width === 0 ? [] : placeClusters(map.clusters, { width, height })), [map.clusters, width, height]);
  return (
    <Box ref={ref} style={{ border: '1px solid var(--mantine-color-default-border)', borderRadius: 4 }}>
      <svg role="group" aria-label={`Map of the clusters of ${map.target ? targetName(map.target) : 'none'}; the list below says the same`} width="100%" height={height} style={{ display: 'block' }}>
        {placed.map((one) => (
          <Mark key={one.opportunityId} of={one} active={one.opportunityId === active} onActive={onActive} />
        ))}
        <g aria-hidden="true">
          {placed.filter(({ label, opportunityId }) => label.hasRoom && opportunityId !== active).map(({ opportunityId, label }) => <LabelText key={opportunityId} of={label} />)}
          {placed.filter(({ opportunityId }) => opportunityId === active).map(({ opportunityId, label }) => <LabelText key={opportunityId} of={label} strong />)}
        </g>
      </svg>
    </Box>
  );
};

const Legend = ({ clusters }: Pick<OpportunityMap, 'clusters'>) => (
  <Stack gap={4} component="ul" m={0} p={0} style={{ listStyle: 'none' }} aria-label="Root causes on the map">
    {rootCauses.map((rootCause) => (
      <Group key={rootCause} component="li" gap="xs" wrap="nowrap">
        <svg width={20} height={20} aria-hidden="true" style={{ flex: 'none' }}>
          <CauseSymbol rootCause={rootCause} x={10} y={10} area={LEGEND_AREA} />
        </svg>
        <Text size="sm">
          {words(rootCause)} ({clusters.filter((cluster) => cluster.rootCause === rootCause).length})
        </Text>
      </Group>
    ))}
  </Stack>
);

const About = ({ cluster }: { readonly cluster: MappedCluster | undefined }) => (
  <Paper withBorder p="sm" mih={150}>
    {cluster ? (
      <Stack gap={4}>
        <Text size="sm" fw={700} style={{ overflowWrap: 'anywhere' }}>{nameOf(cluster)}</Text>
        <Text size="sm">{cluster.size} failures of {cluster.affectedUsers} users</Text>
        <Text size="sm"><TrendBars trend={cluster.trend} />{trendInWords(cluster.trend)}</Text>
        <Text size="sm">{words(cluster.rootCause)}</Text>
        <Text size="sm">Priority {shortNumber(cluster.priority)}</Text>
      </Stack>
    ) : (
      <Text size="sm">Point at a cluster, or go from one to the next with Tab; Enter opens it.</Text>
    )}
  </Paper>
);

const Shown = ({ map }: { readonly map: OpportunityMap }) => {
  const [active, setActive] = useState<string>();
  if (!map.target) return <Nothing>No open cluster to show.</Nothing>;
  const { clusters, failures } = map.target;
  const told = `${map.clusters.length === clusters ? clusters : `${map.clusters.length} of ${clusters}`} open clusters with ${failures.toLocaleString('en')} failures. Near means alike in wording; areas are as the numbers of failures.`;
  if (map.clusters.length === 0) return <Nothing>{`${targetName(map.target)}: the next analysis gives its ${clusters} open clusters a place.`}</Nothing>;
  return (
    <Grid gap="md">
      <Grid.Col span={{ base: 12, md: 9 }}>
        <Drawing map={map} active={active} onActive={setActive} />
        <Text size="sm" mt={4}>{told}</Text>
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 3 }}>
        <Stack>
          <About cluster={map.clusters.find(({ opportunityId }) => opportunityId === active)} />
          <Legend clusters={map.clusters} />
        </Stack>
      </Grid.Col>
    </Grid>
  );
};

const useMap = (asked: { readonly model?: string | undefined; readonly workload?: string | undefined }, enabled: boolean) =>
  useQuery({
    queryKey: ['opportunities', 'map', asked.model, asked.workload],
    queryFn: () => read<OpportunityMap>('/api/opportunities/map', { model: asked.model, workload: asked.workload }),
    enabled,
    placeholderData: (before) => before,
  });

/** Where the open clusters of one target lie to one another: of those that the filters leave, the one with the most failures, until another is chosen. */
export const ClusterMap = ({ model, workload }: { readonly model: string | undefined; readonly workload: string | undefined }) => {
  const [chosen, setChosen] = useState<string | null>(null);
  const first = useMap({ model, workload }, true);
  const targets = first.data?.targets ?? [];
  const target = targets.find((one) => targetName(one) === chosen);
  const other = useMap(target ?? {}, target !== undefined);
  const names = [...new Set(targets.map(targetName))];
  return (
    <Stack mb="lg">
      {names.length > 0 && <Select label="Target on the map" w={{ base: '100%', sm: 320 }} data={names} value={targetName(target ?? (targets[0] as Target))} onChange={setChosen} allowDeselect={false} />}
      <Answer of={target ? other : first}>{(map) => <Shown key={map.target ? targetName(map.target) : ''} map={map} />}</Answer>
    </Stack>
  );
};
