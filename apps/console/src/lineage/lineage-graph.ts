import type { LineageEdge, LineageGraph, LineageNode } from '@ratchet/console-api';

/** Of each kind so many stand for themselves; one node stands for the rest. */
export const LINEAGE_LIMITS = { datasets: 10, opportunities: 12, interactionsEach: 4, steps: 10, versions: 10 } as const;

export interface LineageFacts {
  readonly model: string;
  readonly workload: string;
  readonly version: string;
  readonly parentVersion: string | undefined;
  readonly children: readonly string[];
  /** The cycle that made it. */
  readonly cycle: { readonly cycleId: string; readonly state: string; readonly trigger: string; readonly backend: string | undefined; readonly outcome: string | undefined } | undefined;
  readonly fix: { readonly fixId: string; readonly fixType: string; readonly opportunityId: string; readonly datasetId: string | undefined } | undefined;
  readonly datasets: readonly { readonly datasetId: string; readonly examples: number | undefined; readonly opportunityIds: readonly string[] }[];
  readonly opportunities: readonly { readonly opportunityId: string; readonly rootCause: string | undefined; readonly interactionIds: readonly string[] }[];
  /** In the order of time. */
  readonly steps: readonly { readonly decisionId: string; readonly kind: string; readonly actor: string; readonly reason: string; readonly rolloutId: string | null }[];
}

const stepKinds: Readonly<Record<string, LineageNode['kind']>> = { rollout: 'rollout', promotion: 'promotion', rollback: 'rollback' };

export const versionHref = ({ model, workload, version }: Pick<LineageFacts, 'model' | 'workload' | 'version'>): string => `/versions/${[model, workload, version].map(encodeURIComponent).join('/')}`;

/** Nodes and edges as they are added; an edge to what is not shown is left out. */
class Drawing {
  private readonly nodes = new Map<string, LineageNode>();
  private readonly edges = new Map<string, LineageEdge>();

  add(node: Omit<LineageNode, 'count' | 'detail' | 'href'> & Partial<LineageNode>): string {
    if (!this.nodes.has(node.nodeId)) this.nodes.set(node.nodeId, { detail: '', href: null, count: 1, ...node });
    return node.nodeId;
  }

  join(from: string | undefined, to: string | undefined): void {
    if (from === undefined || to === undefined || from === to || !this.nodes.has(from) || !this.nodes.has(to)) return;
    this.edges.set(JSON.stringify([from, to]), { from, to });
  }

  more(nodeId: string, count: number, what: string, to: string | undefined): string | undefined {
    if (count <= 0) return undefined;
    this.add({ nodeId, kind: 'more', label: `${count} more`, detail: what, count });
    this.join(nodeId, to);
    return nodeId;
  }

  graph(): LineageGraph {
    return { nodes: [...this.nodes.values()], edges: [...this.edges.values()] };
  }
}

const addInteractions = (drawing: Drawing, opportunity: string, { opportunityId, interactionIds }: LineageFacts['opportunities'][number]): void => {
  for (const id of interactionIds.slice(0, LINEAGE_LIMITS.interactionsEach)) {
    drawing.join(drawing.add({ nodeId: `interaction:${id}`, kind: 'interaction', label: id, detail: 'failed interaction', href: `/failures/${encodeURIComponent(id)}` }), opportunity);
  }
  drawing.more(`interactions:${opportunityId}`, interactionIds.length - LINEAGE_LIMITS.interactionsEach, 'failed interactions', opportunity);
};

const addOpportunities = (drawing: Drawing, { opportunities }: LineageFacts): void => {
  for (const opportunity of opportunities.slice(0, LINEAGE_LIMITS.opportunities)) {
    const { opportunityId, rootCause, interactionIds } = opportunity;
    const detail = `${rootCause?.replaceAll('_', ' ') ?? 'opportunity'}, ${interactionIds.length} failures`;
    const node = drawing.add({ nodeId: `opportunity:${opportunityId}`, kind: 'opportunity', label: opportunityId, detail, href: `/opportunities/${encodeURIComponent(opportunityId)}` });
    addInteractions(drawing, node, opportunity);
  }
};

const addDatasets = (drawing: Drawing, { datasets, opportunities, fix }: LineageFacts, run: string | undefined): void => {
  for (const { datasetId, examples, opportunityIds } of datasets.slice(0, LINEAGE_LIMITS.datasets)) {
    const detail = examples === undefined ? 'dataset' : `dataset, ${examples} examples`;
    const node = drawing.add({ nodeId: `dataset:${datasetId}`, kind: 'dataset', label: datasetId, detail, href: `/datasets/${encodeURIComponent(datasetId)}` });
    for (const id of opportunityIds) drawing.join(`opportunity:${id}`, node);
    drawing.join(node, fix === undefined ? run : `fix:${fix.fixId}`);
  }
  drawing.more('datasets', datasets.length - LINEAGE_LIMITS.datasets, 'datasets', run);
  drawing.more('opportunities', opportunities.length - LINEAGE_LIMITS.opportunities, 'opportunities', run);
};

/** What was done with the version, one step after the other, from its verdict on. */
const addFate = (drawing: Drawing, { cycle, steps }: LineageFacts, version: string): void => {
  let last = version;
  if (cycle?.outcome !== undefined) {
    const verdict = drawing.add({ nodeId: `verdict:${cycle.cycleId}`, kind: 'verdict', label: `Gates: ${cycle.outcome}`, detail: 'verdict', href: `/cycles/${encodeURIComponent(cycle.cycleId)}` });
    drawing.join(last, verdict);
    last = verdict;
  }
  const known = steps.filter(({ kind }) => stepKinds[kind] !== undefined);
  const first = known.slice(0, LINEAGE_LIMITS.steps - 2);
  const end = known.slice(first.length).slice(-2);
  for (const [place, { decisionId, kind, actor, reason, rolloutId }] of [...first, ...end].entries()) {
    const skipped = known.length - first.length - end.length;
    if (place === first.length && skipped > 0) {
      const more = drawing.add({ nodeId: 'steps', kind: 'more', label: `${skipped} more`, detail: 'steps of the rollout', count: skipped });
      drawing.join(last, more);
      last = more;
    }
    const step = drawing.add({ nodeId: `decision:${decisionId}`, kind: stepKinds[kind] as LineageNode['kind'], label: reason.length > 80 ? `${reason.slice(0, 79).toWellFormed()}…` : reason, detail: `${kind} by ${actor}`, href: rolloutId === null ? null : `/rollouts/${encodeURIComponent(rolloutId)}` });
    drawing.join(last, step);
    last = step;
  }
};

/** From the interactions that caused a version to what became of it; at most 200 nodes, whatever there is. */
export const lineageGraph = (facts: LineageFacts): LineageGraph => {
  const { cycle, fix, version, parentVersion, children } = facts;
  const drawing = new Drawing();
  const run = cycle && drawing.add({ nodeId: `run:${cycle.cycleId}`, kind: 'run', label: fix ? 'Fix built' : 'Training run', detail: [cycle.trigger.replaceAll('_', ' '), cycle.backend].filter((part) => part !== undefined).join(', '), href: `/cycles/${encodeURIComponent(cycle.cycleId)}` });
  const own = drawing.add({ nodeId: `version:${version}`, kind: 'version', label: version, detail: cycle?.state ?? 'made by no cycle' });
  drawing.join(run, own);
  if (parentVersion !== undefined) {
    drawing.join(drawing.add({ nodeId: `version:${parentVersion}`, kind: 'version', label: parentVersion, detail: 'base', href: versionHref({ ...facts, version: parentVersion }) }), run ?? own);
  }
  addOpportunities(drawing, facts);
  if (fix) {
    const node = drawing.add({ nodeId: `fix:${fix.fixId}`, kind: 'fix', label: fix.fixType.replaceAll('_', ' '), detail: 'proposed fix' });
    drawing.join(`opportunity:${fix.opportunityId}`, node);
    drawing.join(node, run ?? own);
  }
  addDatasets(drawing, facts, run ?? own);
  const covered = new Set([...facts.datasets.flatMap(({ opportunityIds }) => opportunityIds), fix?.opportunityId]);
  for (const { opportunityId } of facts.opportunities) if (!covered.has(opportunityId)) drawing.join(`opportunity:${opportunityId}`, run ?? own);
  addFate(drawing, facts, own);
  for (const child of children.slice(0, LINEAGE_LIMITS.versions)) drawing.join(own, drawing.add({ nodeId: `version:${child}`, kind: 'version', label: child, detail: 'made from it', href: versionHref({ ...facts, version: child }) }));
  return drawing.graph();
};
