import { List as Items, Stack, Text, Title } from '@mantine/core';
import { useCaller, useMay } from '../../api/caller';
import { PageTitle } from '../../components/page-title';
import { dutiesOf } from './duties';
import { Events } from './events';
import { Sessions } from './sessions';
import { Tokens } from './tokens';
import { Users } from './users';

const MyRole = () => {
  const { data: caller } = useCaller();
  if (!caller) return null;
  return (
    <section>
      <Title order={2} size="h4" mb="xs">
        You are {caller.name}, {caller.role}
      </Title>
      {caller.readOnly && <Text size="sm">Your token is for reading only: you may change nothing.</Text>}
      <Items size="sm" listStyleType="none" aria-label="Roles">
        {dutiesOf(caller.role).map(({ role, duty, may }) => (
          <Items.Item key={role}>
            <Text span fw={600} size="sm">
              {may ? '✓' : '✗'} {role}
            </Text>{' '}
            – {duty} {!may && '(not you)'}
          </Items.Item>
        ))}
      </Items>
    </section>
  );
};

/** Who may do what, and by which proof. */
const AccessPage = () => {
  const isAdmin = useMay('admin');
  return (
    <>
      <PageTitle title="Access" />
      <Stack gap="xl">
        <MyRole />
        <Tokens of="me" />
        <Sessions />
        {isAdmin && <Users />}
        {isAdmin && <Tokens of="everybody" />}
        {isAdmin && <Events />}
      </Stack>
    </>
  );
};
export default AccessPage;
