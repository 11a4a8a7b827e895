import type { AlertRaised } from '@ratchet/domain';

export interface AlertDraft {
  readonly name: string;
  readonly severity: AlertRaised['severity'];
  readonly message: string;
  /** Nothing will resolve it by itself. */
  readonly momentary?: boolean;
}

/** What the world is told of alerts. `raisedBy`: sequence of the transition that raised it. */
export type AlertEffect =
  | ({ readonly type: 'raiseAlert'; readonly raisedBy: number } & AlertDraft)
  | { readonly type: 'resolveAlert'; readonly name: string; readonly raisedBy: number; readonly message: string };

/** By name: sequence of the transition that raised each open alert. */
export type OpenAlerts = Readonly<Record<string, number>>;

interface Change {
  /** Of the transition that is made. */
  readonly sequence: number;
  readonly reason: string;
  /** Whether the transition answers an alert that is open. */
  readonly answers: (name: string) => boolean;
  readonly alert?: AlertDraft | undefined;
}

/** Which alerts are open after a transition, and what is to be told: those that it answers are resolved, its own is raised. */
export const alertsAfter = (open: OpenAlerts, { sequence, reason, answers, alert }: Change): { readonly openAlerts: OpenAlerts; readonly effects: readonly AlertEffect[] } => {
  const openAlerts = Object.fromEntries(Object.entries(open).filter(([name]) => !answers(name)));
  const effects: AlertEffect[] = Object.entries(open).filter(([name]) => answers(name)).map(([name, raisedBy]) => ({ type: 'resolveAlert', name, raisedBy, message: reason }));
  if (alert) {
    effects.push({ type: 'raiseAlert', ...alert, raisedBy: sequence });
    if (!alert.momentary) openAlerts[alert.name] = sequence;
  }
  return { openAlerts, effects };
};
