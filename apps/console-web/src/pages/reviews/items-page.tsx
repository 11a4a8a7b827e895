import { Anchor, Group, Select, Table, Text } from '@mantine/core';
import type { ShownReview } from '@ratchet/console-api';
import { Link, useSearchParams } from 'react-router';
import { PageList } from '../../components/page-list';
import { PageTitle } from '../../components/page-title';
import { ScrollTable } from '../../components/scroll-table';
import { When } from '../../components/when';
import { usePages } from '../../components/use-pages';
import { sources } from './queue-filters';

const STATES = ['waiting', 'approved', 'rejected', 'withdrawn'];
const HOLDERS = [{ value: 'anyone', label: 'anyone or nobody' }, { value: 'mine', label: 'me' }, { value: 'unclaimed', label: 'nobody' }];

const said = ({ decisions, hiddenDecisions }: ShownReview): string =>
  hiddenDecisions > 0 ? `${hiddenDecisions} decided, hidden until you have` : decisions.map(({ reviewer, decision }) => `${reviewer}: ${decision}`).join(', ') || '–';

const Items = ({ items }: { readonly items: readonly ShownReview[] }) => (
  <ScrollTable striped label="Review items" minWidth={760} titles={['Asked', 'Proposed', 'Source', 'Confidence', 'Held by', 'Decisions', 'Changed']}>
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
  </ScrollTable>
);

/** All items, by what became of them. */
const ItemsPage = () => {
  const [parameters, setParameters] = useSearchParams();
  const asked = { state: parameters.get('state') ?? 'waiting', source: parameters.get('source') ?? undefined, holder: parameters.get('holder') ?? 'anyone' };
  const set = (name: string) => (value: string | null) => setParameters(Object.fromEntries(Object.entries({ ...asked, [name]: value ?? undefined }).filter((entry): entry is [string, string] => entry[1] !== undefined)));
  const list = usePages<ShownReview>(['reviews'], '/api/reviews', asked);
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
      <PageList of={list} empty={`No item is ${asked.state} here.`} more="More">
        {(items) => <Items items={items} />}
      </PageList>
    </>
  );
};
export default ItemsPage;
