import { Box, Button, Group, Select, Switch, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { ReviewProgress } from '@ratchet/console-api';
import type { QueueFilters } from './use-review-session';

export const sources = ['user_correction', 'conversation', 'reviewer', 'correction', 'variation', 'augmentation', 'curriculum', 'import'] as const;

interface FiltersProps {
  readonly filters: QueueFilters;
  readonly targets: ReviewProgress['targets'];
  readonly hasKeys: boolean;
  readonly onChange: (changed: Partial<QueueFilters>) => void;
  readonly onKeys: (isOn: boolean) => void;
}

const CONFIDENCES = [
  { value: '0-0.3', label: 'below 0.3' },
  { value: '0.3-0.6', label: '0.3 to 0.6' },
  { value: '0.6-1', label: '0.6 and above' },
];

const Fields = ({ filters, targets, hasKeys, onChange, onKeys }: FiltersProps) => {
  const target = filters.model === undefined ? null : JSON.stringify([filters.model, filters.workload]);
  const confidence = filters.confidenceFrom === undefined ? null : `${filters.confidenceFrom}-${filters.confidenceTo}`;
  return (
    <Group gap="xs" align="end" mb="sm">
      <Select
        label="Target"
        size="xs"
        clearable
        placeholder="All"
        clearButtonProps={{ 'aria-label': 'All targets' }}
        data={targets.map(({ model, workload, waiting }) => ({ value: JSON.stringify([model, workload]), label: `${model} / ${workload} (${waiting})` }))}
        value={target}
        onChange={(value) => {
          const [model, workload] = value === null ? [] : (JSON.parse(value) as string[]);
          onChange({ model, workload });
        }}
      />
      <Select label="Source" size="xs" clearable placeholder="All" clearButtonProps={{ 'aria-label': 'All sources' }} data={sources.map((value) => ({ value, label: value.replaceAll('_', ' ') }))} value={filters.source ?? null} onChange={(value) => onChange({ source: value ?? undefined })} />
      <Select
        label="Confidence"
        size="xs"
        clearable
        placeholder="Any"
        clearButtonProps={{ 'aria-label': 'Any confidence' }}
        data={CONFIDENCES}
        value={confidence}
        onChange={(value) => {
          const [from, to] = value?.split('-') ?? [];
          onChange({ confidenceFrom: from, confidenceTo: to });
        }}
      />
      {filters.opportunity !== undefined && <TextInput label="Opportunity" size="xs" value={filters.opportunity} readOnly />}
      {Object.values(filters).some((value) => value !== undefined) && (
        <Button size="xs" variant="default" onClick={() => onChange({ model: undefined, workload: undefined, source: undefined, opportunity: undefined, confidenceFrom: undefined, confidenceTo: undefined })}>
          Show all
        </Button>
      )}
      <Switch size="sm" label="Keys" checked={hasKeys} onChange={(event) => onKeys(event.currentTarget.checked)} />
    </Group>
  );
};

/** Which part of the queue is offered; behind a button where there is little room. */
export const QueueFiltersView = (props: FiltersProps) => {
  const [opened, { toggle }] = useDisclosure();
  return (
    <>
      <Button size="xs" variant="default" hiddenFrom="sm" mb="xs" aria-expanded={opened} onClick={toggle}>
        Filters
      </Button>
      <Box {...(!opened && { visibleFrom: 'sm' })}>
        <Fields {...props} />
      </Box>
    </>
  );
};
