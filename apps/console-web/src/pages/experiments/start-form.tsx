import { Button, Group, NumberInput, Select, SimpleGrid, Stack, Text } from '@mantine/core';
import type { Automation, ExperimentChoices } from '@ratchet/console-api';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useCommand } from '../../api/command';
import { read } from '../../api/request';
import { ReasonDialog } from '../../components/reason-dialog';
import { FateOfOrder } from '../rollouts/order-buttons';
import { type StartForm as Form, startInWords, startOrder, usualForm, whyNotStart } from './start-order';

interface FieldsProps {
  readonly form: Form;
  readonly set: (change: Partial<Form>) => void;
}

const Numbers = ({ form, set }: FieldsProps) => {
  const number = (name: 'unitsPerArm' | 'looks' | 'sharePercent' | 'controlSharePercent' | 'alpha' | 'marginPercent', label: string, step: number) => (
    <NumberInput label={label} value={form[name]} step={step} onChange={(value) => set({ [name]: typeof value === 'number' ? value : Number.NaN })} />
  );
  return (
    <>
      {number('sharePercent', 'Share of the treatment, %', 5)}
      {number('controlSharePercent', 'Share of the control, %', 5)}
      {form.plan === 'fixed' && number('unitsPerArm', 'Conversations an arm', 100)}
      {form.plan === 'fixed' && number('looks', 'Looks', 1)}
      {number('alpha', 'Error rate (alpha)', 0.01)}
      {number('marginPercent', 'Difference that does not matter, % of the control', 1)}
    </>
  );
};

const Choices = ({ form, set, targets, choices }: FieldsProps & { readonly targets: readonly Automation[]; readonly choices: ExperimentChoices | undefined }) => {
  const versions = [...new Set([...(choices?.champion ? [choices.champion] : []), ...(choices?.versions ?? [])])];
  const names = targets.map(({ model, workload }) => `${model}/${workload}`);
  const at = targets.findIndex(({ model, workload }) => model === form.model && workload === form.workload);
  const choose = (name: string | null): void => {
    const target = targets[names.indexOf(name ?? '')];
    set({ model: target?.model ?? '', workload: target?.workload ?? '', treatment: '', control: '' });
  };
  return (
    <>
      <Select label="Target" data={names} value={names[at] ?? null} onChange={choose} searchable />
      <Select label="Treatment" description="The version to try" data={versions} value={form.treatment || null} onChange={(treatment) => set({ treatment: treatment ?? '' })} searchable disabled={at < 0} />
      <Select label="Control" description="The champion, where none is chosen" data={versions} value={form.control || null} onChange={(control) => set({ control: control ?? '' })} searchable clearable clearButtonProps={{ 'aria-label': 'Take the champion' }} disabled={at < 0} />
      <Select label="Plan" data={[{ value: 'fixed', label: 'Fixed: a declared end' }, { value: 'open', label: 'Open: looked at at any time' }]} value={form.plan} onChange={(plan) => set({ plan: plan === 'open' ? 'open' : 'fixed' })} allowDeselect={false} />
      <Select label="If the treatment wins" data={[{ value: 'keep', label: 'Keep the champion' }, { value: 'rollout', label: 'Roll the treatment out' }]} value={form.onWin} onChange={(onWin) => set({ onWin: onWin === 'rollout' ? 'rollout' : 'keep' })} allowDeselect={false} />
    </>
  );
};

/** Orders an experiment of any two versions of a target. */
export const StartForm = () => {
  const command = useCommand();
  const [form, setForm] = useState<Form>(usualForm);
  const [isAsked, setAsked] = useState(false);
  const [commandId, setCommandId] = useState<string>();
  const targets = useQuery({ queryKey: ['rollouts', 'automation'], queryFn: () => read<{ items: Automation[] }>('/api/automation') });
  const { model, workload } = form;
  const choices = useQuery({ queryKey: ['targets', 'choices', model, workload], queryFn: () => read<ExperimentChoices>('/api/experiment-choices', { model, workload }), enabled: model !== '' });
  const champion = choices.data?.champion ?? null;
  const set = (change: Partial<Form>): void => setForm((before) => ({ ...before, ...change }));
  const whyNot = whyNotStart(form, champion);
  const confirm = (reason: string): void => command.mutate(startOrder(form, reason), { onSuccess: (accepted) => setCommandId(accepted.commandId) });
  return (
    <Stack gap="sm">
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
        <Choices form={form} set={set} targets={targets.data?.items ?? []} choices={choices.data} />
        <Numbers form={form} set={set} />
      </SimpleGrid>
      <Group>
        <Button disabled={whyNot !== undefined} title={whyNot ?? 'Start the experiment'} onClick={() => setAsked(true)}>
          Start experiment
        </Button>
        <Text size="sm">{whyNot ?? startInWords(form, champion)}</Text>
      </Group>
      {commandId !== undefined && <FateOfOrder key={commandId} commandId={commandId} label="Start experiment" />}
      <ReasonDialog opened={isAsked} title="Start experiment" explanation={startInWords(form, champion)} confirm="Start" onClose={() => setAsked(false)} onConfirm={confirm} />
    </Stack>
  );
};
