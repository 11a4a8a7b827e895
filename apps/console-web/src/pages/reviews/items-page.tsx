import { Anchor, Button, Group, Select, Table, Text } from '@mantine/core';
import type { ShownReview } from '@ratchet/console-api';
import { Link, useSearchParams } from 'react-router';
import { Nothing } from '../../components/nothing';
import { PageTitle } from '../../components/page-title';
import { When } from '../../components/when';
import { usePages } from '../../components/use-pages';
import { sources } from './queue-filters';

const STATES = ['waiting', 'approved', 'rejected', 'withdrawn'];
const HOLDERS = [{ value: 'anyone', label: 'anyone or nobody' }, { value: 'mine', label: 'me' }, { value: 'unclaimed', label: 'nobody' }];

const said = ({ decisions, hiddenDecisions }: ShownReview): string =>
  hiddenDecisions > 0 ? `${hiddenDecisions} decided, hidden until you have` : decisions.map(({ reviewer, decision }) => `${reviewer}: ${decision}`).join(', ') || '–';

const Items = ({ items }: { readonly items: readonly ShownReview[] }) => (
  <Table.ScrollContainer minWidth={760}>
    <Table striped>
      <Table.Thead>
        <Table.Tr>
          {['Asked', 'Proposed', 'Source', 'Confidence', 'Held by', 'Decisions', 'Changed'].map((name) => (
            <Table.Th key={name}>{name}</Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {items.map((item) => (
          <Table.Tr key={item.exampleId}>
            <Table.Td maw={280}>
              <Anchor component={Link} to={`/reviews/items/${encodeURIComponent(item.exampleId)}`} underline="always" size="sm" lineClamp={2}>
                {item.input || item.exampleId}
              </Anchor>
            </Table.Td>
            <Table.Td maw={280}>
              <Text size="sm" lineClamp={2}>{item.output}</Text>
            </Table.Td>
            <Table.Td>{item.source.replaceAll('_', ' ')}</Table.Td>
            <Table.Td>{item.confidence.toFixed(2)}</Table.Td>
            <Table.Td>{item.claim && Date.parse(item.claim.until) > Date.now() ? item.claim.reviewer : '–'}</Table.Td>
            <Table.Td>{said(item)}</Table.Td>
            <Table.Td>
              <When at={item.changedAt} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  </Table.ScrollContainer>
);

/** All items, by what became of them. */
const ItemsPage = () => {
  const [parameters, setParameters] = useSearchParams();
  const asked = { state: parameters.get('state') ?? 'waiting', source: parameters.get('source') ?? undefined, holder: parameters.get('holder') ?? 'anyone' };
  const set = (name: string) => (value: string | null) => setParameters(Object.fromEntries(Object.entries({ ...asked, [name]: value ?? undefined }).filter((entry): entry is [string, string] => entry[1] !== undefined)));
  const { data, error, hasNextPage, fetchNextPage, isFetchingNextPage } = usePages<ShownReview>(['reviews'], '/api/reviews', asked);
  const items = data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <PageTitle title="Review items">
        <Anchor component={Link} to="/reviews" underline="always" size="sm">
          Review
        </Anchor>
      </PageTitle>
      <Group mb="sm">
        <Select label="State" size="xs" allowDeselect={false} data={STATES} value={asked.state} onChange={set('state')} />
        <Select label="Source" size="xs" clearable clearButtonProps={{ 'aria-label': 'All sources' }} placeholder="All" data={sources.map((value) => ({ value, label: value.replaceAll('_', ' ') }))} value={asked.source ?? null} onChange={set('source')} />
        <Select label="Held by" size="xs" allowDeselect={false} data={HOLDERS} value={asked.holder} onChange={set('holder')} />
      </Group>
      {error && <Text role="alert">{error.message}</Text>}
      {data && items.length === 0 ? <Nothing>No item is {asked.state} here.</Nothing> : <Items items={items} />}
      {hasNextPage && (
        <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          More
        </Button>
      )}
    </>
  );
};
export default ItemsPage;
