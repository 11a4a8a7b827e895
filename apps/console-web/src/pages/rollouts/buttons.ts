import type { Automation, CommandOrder, RolloutSummary } from '@ratchet/console-api';
import { partsOf, percent } from './words';

/** A button that orders something, and why it would have no effect at present. */
export interface OrderButton {
  readonly key: string;
  readonly label: string;
  /** What will happen, with the present numbers. */
  readonly explanation: string;
  readonly isDangerous?: boolean;
  /** Absent where it can have an effect. */
  readonly whyNot?: string;
  readonly order: (reason: string) => CommandOrder;
}

type Shown = Pick<RolloutSummary, 'model' | 'workload' | 'version' | 'baseVersion' | 'state' | 'isOpen' | 'stage' | 'share' | 'sequence' | 'needsPerson' | 'terms'>;

const over = 'It is over.';
const noTraffic = 'It has no traffic yet.';

const hasTraffic = ({ isOpen, stage }: Shown): boolean => isOpen && stage > 0;
const whyNoTraffic = (rollout: Shown): string | undefined => (!rollout.isOpen ? over : hasTraffic(rollout) ? undefined : noTraffic);
const given = (whyNot: string | undefined): { whyNot?: string } => (whyNot === undefined ? {} : { whyNot });

const nextOf = ({ stage, terms }: Shown): string => {
  if (!terms) return 'the next stage';
  if (stage >= terms.shares.length) return 'the promotion to champion';
  return `stage ${stage + 1}, ${percent(terms.shares[stage], 0)} of the traffic`;
};

const pause = (rollout: Shown): OrderButton => {
  const { model, workload, version, share, state } = rollout;
  const whyNot = whyNoTraffic(rollout) ?? (partsOf(state).status === 'PAUSED' ? 'It is paused already.' : undefined);
  return {
    key: 'pause', label: 'Pause', ...given(whyNot),
    explanation: `${version} keeps its ${percent(share, 0)} of the traffic. The automation neither advances it nor rolls it back until somebody resumes it; harm raises an alert.`,
    order: (reason) => ({ name: 'rollout.pause', model, workload, reason }),
  };
};

const resume = (rollout: Shown): OrderButton => {
  const { model, workload, version, share, state, needsPerson } = rollout;
  const { status, detail } = partsOf(state);
  const canBe = status === 'PAUSED' || (status === 'HOLDING' && needsPerson !== false);
  const accepts = detail === 'srm' ? ' The broken split is accepted for this stage.' : '';
  return {
    key: 'resume', label: 'Resume', ...given(whyNoTraffic(rollout) ?? (canBe ? undefined : 'It is neither paused nor does it hold for a person.')),
    explanation: `The automation goes on with ${version} at ${percent(share, 0)} of the traffic, from the evidence of this moment. If that shows harm, it is rolled back at once.${accepts}`,
    order: (reason) => ({ name: 'rollout.resume', model, workload, reason }),
  };
};

const advance = (rollout: Shown): OrderButton => {
  const { model, workload, version } = rollout;
  return {
    key: 'advance', label: 'Advance', ...given(whyNoTraffic(rollout)),
    explanation: `${version} goes to ${nextOf(rollout)} at once, past every hold and without the sample, time or proof that the stage asks for. Harm is judged from the new stage on; what was seen before is set aside.`,
    order: (reason) => ({ name: 'rollout.advance', model, workload, reason }),
  };
};

const rollback = (rollout: Shown): OrderButton => {
  const { model, workload, version, baseVersion, share } = rollout;
  return {
    key: 'rollback', label: 'Roll back', isDangerous: true, ...given(whyNoTraffic(rollout)),
    explanation: `${version} loses its ${percent(share, 0)} of the traffic at once, and ${baseVersion} serves all of it. The rollout is over; this candidate comes back only as a new one.`,
    order: (reason) => ({ name: 'rollout.rollback', model, workload, reason }),
  };
};

const approve = (rollout: Shown): OrderButton => {
  const { model, workload, version, stage, state, sequence, isOpen } = rollout;
  const awaits = isOpen && partsOf(state).status === 'AWAITING_APPROVAL';
  return {
    key: 'approve', label: 'Approve', ...given(!isOpen ? over : awaits ? undefined : 'Nothing awaits an approval.'),
    explanation: stage === 0 ? `${version} is put in the queue and gets traffic when its turn comes.` : `${version} goes to ${nextOf(rollout)}. The approval holds for the evidence that you see (stage ${stage}, row ${sequence ?? '–'}) and for nothing newer.`,
    order: (reason) => ({ name: 'candidate.approve', model, workload, version, reason, stage, ...(sequence !== null && { evidence: sequence }) }),
  };
};

const reject = (rollout: Shown): OrderButton => {
  const { model, workload, version, baseVersion, share, isOpen } = rollout;
  return {
    key: 'reject', label: 'Reject', isDangerous: true, ...given(isOpen ? undefined : over),
    explanation: hasTraffic(rollout) ? `${version} is rolled back: it loses its ${percent(share, 0)} of the traffic, and ${baseVersion} serves all of it.` : `${version} is dropped and never gets traffic.`,
    order: (reason) => ({ name: 'candidate.reject', model, workload, version, reason }),
  };
};

/** Every order that there is for a rollout. */
export const buttonsOf = (rollout: Shown): readonly OrderButton[] => [approve, reject, pause, resume, advance, rollback].map((button) => button(rollout));

/** Hold or release, whichever there is to do. */
export const automationButton = ({ model, workload, isHeld }: Pick<Automation, 'model' | 'workload' | 'isHeld'>): OrderButton =>
  isHeld
    ? { key: 'release', label: 'Release automation', explanation: `On ${model}/${workload} rollouts start, advance and are promoted by themselves again.`, order: (reason) => ({ name: 'automation.release', model, workload, reason }) }
    : {
        key: 'hold', label: 'Hold automation',
        explanation: `On ${model}/${workload} nothing starts, advances or is promoted by itself until somebody releases it. What serves traffic goes on serving it, and harm is still rolled back.`,
        order: (reason) => ({ name: 'automation.hold', model, workload, reason }),
      };

/** Promotions can be undone as long as they are the last. */
export const revertButton = ({ model, workload, version, baseVersion, state, revertedAt }: Pick<RolloutSummary, 'model' | 'workload' | 'version' | 'baseVersion' | 'state' | 'revertedAt'>, champion: string | null): OrderButton | undefined => {
  if (state !== 'PROMOTED' || revertedAt !== null) return undefined;
  return {
    key: 'revert', label: 'Bring the previous champion back', isDangerous: true,
    ...given(champion === version ? undefined : `${champion ?? 'Another version'} is the champion now.`),
    explanation: `${baseVersion} serves all traffic of ${model}/${workload} at once in place of ${version}. Where a newer rollout has traffic, that one is rolled back instead.`,
    order: (reason) => ({ name: 'rollout.rollback', model, workload, reason }),
  };
};
