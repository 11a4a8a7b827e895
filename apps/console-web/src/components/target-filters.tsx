import { Button, Group, NativeSelect, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useSearchParams } from 'react-router';

interface Choice {
  readonly name: string;
  readonly label: string;
  readonly values: readonly string[];
}

interface TargetFiltersProps {
  readonly choices?: readonly Choice[];
}

/** What the address says is asked for, of these names. */
export const useFilters = (names: readonly string[]): Record<string, string | undefined> => {
  const [search] = useSearchParams();
  return Object.fromEntries(names.map((name) => [name, search.get(name) ?? undefined]));
};

/** Filters of a list by target and a few choices; they stand in the address, so that a list can be handed on. */
export const TargetFilters = ({ choices = [] }: TargetFiltersProps) => {
  const [search, setSearch] = useSearchParams();
  const [model, setModel] = useState(search.get('model') ?? '');
  const [workload, setWorkload] = useState(search.get('workload') ?? '');
  const change = (values: Readonly<Record<string, string>>): void => {
    const next = new URLSearchParams(search);
    for (const [name, value] of Object.entries(values)) {
      if (value.trim() === '') next.delete(name);
      else next.set(name, value.trim());
    }
    setSearch(next);
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    change({ model, workload });
  };
  return (
    <form onSubmit={submit}>
      <Group align="flex-end" mb="md" gap="sm">
        <TextInput label="Model" maxLength={200} value={model} onChange={(event) => setModel(event.currentTarget.value)} />
        <TextInput label="Workload" maxLength={200} value={workload} onChange={(event) => setWorkload(event.currentTarget.value)} />
        {choices.map(({ name, label, values }) => (
          <NativeSelect key={name} label={label} value={search.get(name) ?? ''} onChange={(event) => change({ [name]: event.currentTarget.value })} data={[{ value: '', label: 'all' }, ...values.map((value) => ({ value, label: value.replaceAll('_', ' ') }))]} />
        ))}
        <Button type="submit" variant="default">
          Filter
        </Button>
      </Group>
    </form>
  );
};
