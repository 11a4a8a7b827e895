import { Alert, Button, Checkbox, Code, CopyButton, Group, Modal, NumberInput, Select, Stack, Text, TextInput } from '@mantine/core';
import { type MadeToken, mayAct, type NewTokenOrder, type Role, roles } from '@ratchet/console-api';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { send } from '../../api/request';

const DAYS = 90;

interface Whose {
  /** The caller where it is not given. */
  readonly userId?: string;
  readonly name: string;
  readonly most: Role;
}

const Made = ({ token, onClose }: { readonly token: string; readonly onClose: () => void }) => (
  <Stack>
    <Alert color="indigo" title="Copy it now" role="status">
      It is shown this once: only its hash is kept.
    </Alert>
    <Code block aria-label="The new token" style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>
      {token}
    </Code>
    <Group justify="flex-end">
      <CopyButton value={token}>{({ copied, copy }) => <Button variant="default" onClick={copy}>{copied ? 'Copied' : 'Copy'}</Button>}</CopyButton>
      <Button onClick={onClose}>Done</Button>
    </Group>
  </Stack>
);

const TokenForm = ({ whose: { userId, most }, onMade }: { readonly whose: Whose; readonly onMade: (made: MadeToken) => void }) => {
  const queries = useQueryClient();
  const [label, setLabel] = useState('');
  const [role, setRole] = useState<Role>(most);
  const [readOnly, setReadOnly] = useState(false);
  const [days, setDays] = useState<number | string>(DAYS);
  const make = useMutation({
    mutationFn: (order: NewTokenOrder) => send<MadeToken>('POST', '/api/access/tokens', order),
    onSuccess: (made) => {
      onMade(made);
      return queries.invalidateQueries({ queryKey: ['access'] });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate({ label, role, readOnly, days: Number(days), ...(userId !== undefined && { userId }) });
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput label="Label" description="What it is for" required maxLength={100} data-autofocus value={label} onChange={(event) => setLabel(event.currentTarget.value)} />
        <Select label="Role" data={roles.filter((each) => mayAct(most, each))} allowDeselect={false} value={role} onChange={(value) => value && setRole(value as Role)} />
        <Checkbox label="For reading only" checked={readOnly} onChange={(event) => setReadOnly(event.currentTarget.checked)} />
        <NumberInput label="Days until it expires" min={1} max={365} allowDecimal={false} required value={days} onChange={setDays} />
        {make.error && <Text c="red" size="sm" role="alert">{make.error.message}</Text>}
        <Group justify="flex-end">
          <Button type="submit" loading={make.isPending} disabled={label.trim() === '' || Number(days) < 1}>
            Make the token
          </Button>
        </Group>
      </Stack>
    </form>
  );
};

/** A button that makes an API token, and shows it once. */
export const NewToken = ({ whose, label = 'New token' }: { readonly whose: Whose; readonly label?: string }) => {
  const [isOpen, setOpen] = useState(false);
  const [made, setMade] = useState<MadeToken>();
  const close = () => {
    setOpen(false);
    setMade(undefined);
  };
  return (
    <>
      <Button variant="default" size="xs" onClick={() => setOpen(true)} aria-label={`${label} for ${whose.name}`}>
        {label}
      </Button>
      <Modal opened={isOpen} onClose={close} closeOnClickOutside={!made} title={`Token of ${whose.name}`} closeButtonProps={{ 'aria-label': 'Close' }}>
        {made ? <Made token={made.token} onClose={close} /> : <TokenForm whose={whose} onMade={setMade} />}
      </Modal>
    </>
  );
};
