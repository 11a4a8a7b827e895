import { Button, Group, NativeSelect, Table, Title } from '@mantine/core';
import { type Role, roles, type UserFacts } from '@ratchet/console-api';
import { useState } from 'react';
import { useCaller } from '../../api/caller';
import { ReasonDialog } from '../../components/reason-dialog';
import { usePages } from '../../components/use-pages';
import { When } from '../../components/when';
import { List } from './list';
import { NewToken } from './new-token';
import { NewUser } from './new-user';
import { useChange } from './use-change';

interface Wish {
  readonly title: string;
  readonly explanation: string;
  readonly body: { readonly role?: Role; readonly disabled?: boolean };
}

const wishForRole = ({ name }: UserFacts, role: Role): Wish => ({ title: `Make ${name} ${role}`, explanation: 'It holds at once, for their sessions and tokens, too.', body: { role } });

const wishForState = ({ name, disabledAt }: UserFacts): Wish =>
  disabledAt === null
    ? { title: `Disable ${name}`, explanation: 'Their sessions end, and their tokens open nothing until they are enabled.', body: { disabled: true } }
    : { title: `Enable ${name}`, explanation: 'They can sign in, and their tokens are valid again.', body: { disabled: false } };

const UserActions = ({ user, onWish }: { readonly user: UserFacts; readonly onWish: (wish: Wish) => void }) => (
  <Group gap="xs" wrap="nowrap">
    {user.role && user.disabledAt === null && <NewToken whose={{ userId: user.userId, name: user.name, most: user.role }} />}
    <Button size="xs" variant="default" onClick={() => onWish(wishForState(user))} aria-label={`${user.disabledAt === null ? 'Disable' : 'Enable'} ${user.name}`}>
      {user.disabledAt === null ? 'Disable' : 'Enable'}
    </Button>
  </Group>
);

const UserRow = ({ user }: { readonly user: UserFacts }) => {
  const { data: caller } = useCaller();
  const change = useChange();
  const [wish, setWish] = useState<Wish>();
  const isMe = caller?.name === user.name;
  return (
    <Table.Tr>
      <Table.Td style={{ overflowWrap: 'anywhere' }}>{user.name}</Table.Td>
      <Table.Td>
        {isMe || user.from === 'provider' ? (user.role ?? 'none') : <NativeSelect size="xs" aria-label={`Role of ${user.name}`} data={[...roles]} value={user.role ?? ''} onChange={(event) => setWish(wishForRole(user, event.currentTarget.value as Role))} />}
      </Table.Td>
      <Table.Td>{user.from === 'provider' ? 'Sign-in provider' : 'Token'}</Table.Td>
      <Table.Td>{user.disabledAt === null ? 'enabled' : 'disabled'}</Table.Td>
      <Table.Td><When at={user.createdAt} /></Table.Td>
      <Table.Td>
        {isMe ? 'You' : <UserActions user={user} onWish={setWish} />}
        <ReasonDialog opened={wish !== undefined} title={wish?.title ?? ''} explanation={wish?.explanation ?? ''} confirm="Change" isDangerous={wish?.body.disabled === true} onClose={() => setWish(undefined)} onConfirm={(reason) => change.mutate({ method: 'PATCH', path: `/api/access/users/${user.userId}`, body: { ...wish?.body, reason } })} />
      </Table.Td>
    </Table.Tr>
  );
};

/** Everybody who may use the console; for admins. */
export const Users = () => {
  const list = usePages<UserFacts>(['access', 'users'], '/api/access/users');
  return (
    <section>
      <Title order={2} size="h4" mb="xs">
        Users
      </Title>
      <NewUser />
      <List label="Users" of={list} headers={['Name', 'Role', 'Signs in by', 'State', 'Since', 'Actions']} empty="There is nobody." row={(user) => <UserRow key={user.userId} user={user} />} />
    </section>
  );
};
