import { Button, Group, Table, Text, Title } from '@mantine/core';
import type { TokenFacts } from '@ratchet/console-api';
import { useCaller } from '../../api/caller';
import { usePages } from '../../components/use-pages';
import { When } from '../../components/when';
import { List } from './list';
import { NewToken } from './new-token';
import { tokenState } from './token-state';
import { useChange } from './use-change';

const TokenRow = ({ token, withUser }: { readonly token: TokenFacts; readonly withUser: boolean }) => {
  const change = useChange();
  const state = tokenState(token, Date.now());
  return (
    <Table.Tr>
      {withUser && <Table.Td>{token.user}</Table.Td>}
      <Table.Td style={{ overflowWrap: 'anywhere' }}>{token.label}</Table.Td>
      <Table.Td>
        {token.role}
        {token.readOnly && ', read only'}
      </Table.Td>
      <Table.Td>{state}</Table.Td>
      <Table.Td>{token.expiresAt === null ? <Text size="sm">Never</Text> : <When at={token.expiresAt} />}</Table.Td>
      <Table.Td>
        <When at={token.lastUsedAt} />
      </Table.Td>
      <Table.Td>
        {state === 'valid' && (
          <Button size="xs" variant="default" onClick={() => change.mutate({ method: 'DELETE', path: `/api/access/tokens/${token.tokenId}` })} aria-label={`Revoke ${token.label}`}>
            Revoke
          </Button>
        )}
      </Table.Td>
    </Table.Tr>
  );
};

/** API tokens: one's own, or everybody's. */
export const Tokens = ({ of }: { readonly of: 'me' | 'everybody' }) => {
  const { data: caller } = useCaller();
  const list = usePages<TokenFacts>(['access', 'tokens', of], '/api/access/tokens', { of }, 'before');
  const withUser = of === 'everybody';
  const title = withUser ? 'Everybody’s tokens' : 'My tokens';
  return (
    <section>
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h4">
          {title}
        </Title>
        {caller && !withUser && !caller.readOnly && <NewToken whose={{ name: caller.name, most: caller.role }} />}
      </Group>
      <List label={title} of={list} headers={[...(withUser ? ['User'] : []), 'Label', 'Role', 'State', 'Expires', 'Last used', 'Actions']} empty="There is no token." row={(token) => <TokenRow key={token.tokenId} token={token} withUser={withUser} />} />
    </section>
  );
};
