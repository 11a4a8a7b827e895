export interface AlertGuide {
  readonly means: string;
  readonly todo: string;
  /** Path of the console's page to look at. */
  readonly page: string;
  readonly document: string;
}

const rollout = { page: '/rollouts', document: 'docs/concepts/rollout.md' };
const experiment = { page: '/experiments', document: 'docs/concepts/experiments.md' };
const quality = { page: '/', document: 'docs/concepts/quality.md' };

const guides: Readonly<Record<string, AlertGuide>> = {
  rollout_needs_human: { ...rollout, means: 'A rollout or a candidate waits for a decision of a person.', todo: 'Look at its evidence, then approve or reject it.' },
  rollout_no_data: { ...rollout, means: 'A candidate has a share of the traffic, and nothing is counted of it.', todo: 'See whether the gateway or SDK routes by the newest revision and its events arrive; pause or roll back meanwhile.' },
  rollout_rolled_back: { ...rollout, means: 'A candidate was taken out of the traffic; the champion serves everybody.', todo: 'Read which bound was crossed; nothing has to be done for users.' },
  rollout_harm_while_paused: { ...rollout, means: 'A paused candidate does harm, and a pause keeps the controller from acting.', todo: 'Roll it back, or resume, which lets the controller do so.' },
  candidate_lapsed: { ...rollout, means: 'Nobody decided about a candidate in time, so it was dropped.', todo: 'See who decides; its examples take part in the next cycle.' },
  rollout_superseded: { ...rollout, means: 'A newer candidate took the place of one under way.', todo: 'Nothing, unless this happens often: then cycles start faster than rollouts end.' },
  experiment_harm: { ...experiment, means: 'An experiment was ended because one of its arms did harm.', todo: 'Read its last evidence; the champion serves everybody.' },
  experiment_split: { ...experiment, means: 'The arms of an experiment did not get the traffic they should have, so it can have no winner.', todo: 'See what assigns conversations to versions, mend it, and start the experiment anew.' },
  experiment_no_data: { ...experiment, means: 'Nothing is counted of an experiment.', todo: 'See whether its arms have traffic and events arrive.' },
  experiment_long: { ...experiment, means: 'An experiment has run long without an outcome.', todo: 'Stop it, or let it run if the answer is worth the wait.' },
  training_not_started: { page: '/cycles', document: 'docs/concepts/cycle.md', means: 'A cycle was asked for and could not start.', todo: 'Its message says what is missing; examples that wait and budgets are the usual reasons.' },
  champion_disputed: { page: '/cycles', document: 'docs/operating/incidents.md', means: 'Candidates made from the champion are superseded, as if another version served.', todo: 'Compare what services hold to be the champion; they may have been restored from backups of different times.' },
  aa_check: { ...experiment, means: 'Two arms with the same version differ: what is measured cannot be trusted.', todo: 'Decide nothing by experiments until the reason is found.' },
  misplaced_keys: { page: '/', document: 'docs/operating/consumers.md', means: 'Events of one conversation come in more than one partition, so their order is not known.', todo: 'Let the producer use the conversation as key.' },
  delivery_gave_up: { page: '/alerts', document: 'docs/operating/alerts.md', means: 'A receiver of alerts or webhooks could not be reached for long, or refuses what it is sent.', todo: 'Mend the address or the secret, send a test, and send again what was given up.' },
};

const other: AlertGuide = { page: '/', document: 'docs/operating/alerts.md', means: 'Its message says what happened.', todo: 'Read the message and look at the workload.' };

/** What an alert means and what to do about it, by its name. */
export const alertGuide = (name: string): AlertGuide => {
  const known = Object.hasOwn(guides, name) ? guides[name] : undefined;
  if (known) return known;
  if (/^quality_.+_low$/u.test(name)) return { ...quality, means: 'The mean of a quality score is below what it must be.', todo: 'Look at the newest failures and at the last promotion; roll back where it began with one.' };
  if (/^quality_.+_drift$/u.test(name)) return { ...quality, means: 'A quality score has dropped against what it used to be.', todo: 'Compare with the last promotion and with changes in what users ask.' };
  return other;
};

/** Alerts that tell of something that happened: nothing ever resolves them. */
export const momentaryAlerts: readonly string[] = ['rollout_rolled_back', 'candidate_lapsed', 'rollout_superseded', 'experiment_harm', 'misplaced_keys'];
