import { Button, Group, Select, TextInput } from '@mantine/core';
import { type Role, roles } from '@ratchet/console-api';
import { useState, type FormEvent } from 'react';
import { useChange } from './use-change';

/** Adds somebody who signs in with tokens. */
export const NewUser = () => {
  const change = useChange();
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('viewer');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate({ method: 'POST', path: '/api/access/users', body: { name, role } }, { onSuccess: () => setName('') });
  };
  return (
    <form onSubmit={submit} aria-label="Add a user">
      <Group align="flex-end" mb="sm">
        <TextInput label="Name" required maxLength={100} value={name} onChange={(event) => setName(event.currentTarget.value)} />
        <Select label="Role" data={[...roles]} allowDeselect={false} value={role} onChange={(value) => value && setRole(value as Role)} />
        <Button type="submit" loading={change.isPending} disabled={name.trim() === ''}>
          Add a user
        </Button>
      </Group>
    </form>
  );
};
