import { Button, Group, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useSearchParams } from 'react-router';
import { endOfDay, filterFields, startOfDay } from './filters';

/** What the address asks for, as the API takes it: days are those of the reader. */
export const useAuditFilters = (): Record<string, string | undefined> => {
  const [search] = useSearchParams();
  const given = Object.fromEntries(filterFields.map(({ name }) => [name, search.get(name) ?? undefined]));
  return { ...given, from: startOfDay(search.get('from')), to: endOfDay(search.get('to')) };
};

/** Filters of the list; they stand in the address, so that a list can be handed on. */
export const AuditFilters = () => {
  const [search, setSearch] = useSearchParams();
  const [values, setValues] = useState<Readonly<Record<string, string>>>(() => Object.fromEntries([...search]));
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setSearch(Object.entries(values).map(([name, value]): [string, string] => [name, value.trim()]).filter(([, value]) => value !== ''));
  };
  const inputOf = (name: string, label: string, type = 'text') => (
    <TextInput key={name} label={label} type={type} maxLength={200} value={values[name] ?? ''} onChange={({ currentTarget: { value } }) => setValues((all) => ({ ...all, [name]: value }))} />
  );
  return (
    <form onSubmit={submit}>
      <Group align="flex-end" mb="md" gap="sm">
        {filterFields.map(({ name, label }) => inputOf(name, label))}
        {inputOf('from', 'From', 'date')}
        {inputOf('to', 'To', 'date')}
        <Button type="submit" variant="default">
          Filter
        </Button>
      </Group>
    </form>
  );
};
