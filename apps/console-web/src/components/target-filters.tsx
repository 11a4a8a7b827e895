import { Button, Group, NativeSelect, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useSearchParams } from 'react-router';

interface Choice {
  readonly name: string;
  readonly label: string;
  readonly values: readonly string[];
}

interface TextField {
  readonly name: string;
  readonly label: string;
  readonly placeholder?: string;
}

interface TargetFiltersProps {
  /** Beside the model and the workload. */
  readonly fields?: readonly TextField[];
  readonly choices?: readonly Choice[];
}

const targetFields: readonly TextField[] = [{ name: 'model', label: 'Model' }, { name: 'workload', label: 'Workload' }];
const CHARS_MAX = 200;

/** What the address says is asked for, of these names. */
export const useFilters = (names: readonly string[]): Record<string, string | undefined> => {
  const [search] = useSearchParams();
  return Object.fromEntries(names.map((name) => [name, search.get(name) ?? undefined]));
};

/** Filters of a list by target, other texts and a few choices; they stand in the address, so that a list can be handed on. */
export const TargetFilters = ({ fields = [], choices = [] }: TargetFiltersProps) => {
  const [search, setSearch] = useSearchParams();
  const texts = [...fields, ...targetFields];
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>(Object.fromEntries(texts.map(({ name }) => [name, search.get(name) ?? ''])));
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
    change(typed);
  };
  return (
    <form onSubmit={submit}>
      <Group align="flex-end" mb="md" gap="sm">
        {texts.map(({ name, label, placeholder }) => (
          <TextInput key={name} label={label} placeholder={placeholder ?? ''} maxLength={CHARS_MAX} value={typed[name] ?? ''} onChange={(event) => {
            const { value } = event.currentTarget;
            setTyped((before) => ({ ...before, [name]: value }));
          }} />
        ))}
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
