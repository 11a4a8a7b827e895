import { Group, Paper, Text } from '@mantine/core';
import type { RolloutSummary } from '@ratchet/console-api';
import { partsOf, percent } from './words';

type Step = 'done' | 'now' | 'to come' | 'ended here';

const stepOf = (stage: number, { stage: now, state, isOpen }: Pick<RolloutSummary, 'stage' | 'state' | 'isOpen'>): Step => {
  if (partsOf(state).status === 'PROMOTED' || stage < now) return 'done';
  if (stage > now) return 'to come';
  return isOpen ? 'now' : 'ended here';
};

const marks: Readonly<Record<Step, string>> = { done: '✓', now: '▶', 'to come': '○', 'ended here': '■' };

/** The stages of a rollout, with the present one marked. */
export const Stages = ({ rollout }: { readonly rollout: Pick<RolloutSummary, 'stage' | 'state' | 'isOpen' | 'terms'> }) => {
  if (!rollout.terms) return null;
  const { shares, minSamples } = rollout.terms;
  return (
    <Group component="ol" aria-label="Stages" gap="xs" p={0} m={0} style={{ listStyle: 'none' }}>
      {shares.map((share, i) => {
        const step = stepOf(i + 1, rollout);
        return (
          <Paper component="li" key={share} withBorder px="sm" py={4} {...(step === 'now' && { 'aria-current': 'step' as const })} style={{ flex: '1 1 100px', ...(step === 'now' && { borderColor: 'var(--mantine-color-indigo-6)', borderWidth: 2 }) }}>
            <Text fw={600}>
              {marks[step]} {percent(share, 0)}
            </Text>
            <Text size="xs">
              Stage {i + 1}, {step}
            </Text>
            <Text size="xs">from {minSamples[i]} conversations</Text>
          </Paper>
        );
      })}
    </Group>
  );
};
