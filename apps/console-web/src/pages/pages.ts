import { type ComponentType, lazy, type LazyExoticComponent } from 'react';

interface PageEntry {
  /** Path of the router. */
  readonly path: string;
  /** Name in the navigation; pages without one are reached from others. */
  readonly label?: string;
  readonly Page: LazyExoticComponent<ComponentType>;
}

/** All pages, in the order of the navigation; each is loaded when it is first shown. */
export const pages: readonly PageEntry[] = [
  { path: '/', label: 'Home', Page: lazy(() => import('./home/home-page')) },
  { path: '/reviews', label: 'Review', Page: lazy(() => import('./reviews/reviews-page')) },
  { path: '/reviews/items', Page: lazy(() => import('./reviews/items-page')) },
  { path: '/reviews/items/:id', Page: lazy(() => import('./reviews/item-page')) },
  { path: '/failures', label: 'Failures', Page: lazy(() => import('./failures/failures-page')) },
  { path: '/failures/:id', Page: lazy(() => import('./failures/failure-page')) },
  { path: '/opportunities', label: 'Opportunities', Page: lazy(() => import('./opportunities/opportunities-page')) },
  { path: '/opportunities/:id', Page: lazy(() => import('./opportunities/opportunity-page')) },
  { path: '/datasets', label: 'Datasets', Page: lazy(() => import('./lineage/datasets-page')) },
  { path: '/datasets/:id', Page: lazy(() => import('./lineage/dataset-page')) },
  { path: '/cycles', label: 'Cycles', Page: lazy(() => import('./lineage/cycles-page')) },
  { path: '/cycles/:id', Page: lazy(() => import('./lineage/cycle-page')) },
  { path: '/versions', label: 'Versions', Page: lazy(() => import('./lineage/versions-page')) },
  { path: '/versions/:model/:workload/:version', Page: lazy(() => import('./lineage/version-page')) },
  { path: '/rollouts', label: 'Rollouts', Page: lazy(() => import('./rollouts/rollouts-page')) },
  { path: '/rollouts/:id', Page: lazy(() => import('./rollouts/rollout-page')) },
  { path: '/experiments', label: 'Experiments', Page: lazy(() => import('./experiments/experiments-page')) },
  { path: '/experiments/:id', Page: lazy(() => import('./experiments/experiment-page')) },
  { path: '/audit', label: 'Audit log', Page: lazy(() => import('./audit/audit-page')) },
  { path: '/audit/:chain/:sequence', Page: lazy(() => import('./audit/record-page')) },
  { path: '/alerts', label: 'Alerts', Page: lazy(() => import('./alerts/alerts-page')) },
  { path: '/reports', label: 'Reports', Page: lazy(() => import('./reports/reports-page')) },
  { path: '/reports/:kind/:period', Page: lazy(() => import('./reports/report-page')) },
  { path: '/access', label: 'Access', Page: lazy(() => import('./access/access-page')) },
];
