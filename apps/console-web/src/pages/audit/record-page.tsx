import { Anchor, Code, Stack, Text } from '@mantine/core';
import type { AuditEntry } from '@ratchet/console-api';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import { read } from '../../api/request';
import { Answer } from '../../components/answer';
import { Nothing } from '../../components/nothing';
import { PageTitle } from '../../components/page-title';
import { When } from '../../components/when';
import { ListTable } from '../../components/list-table';
import { Section } from '../../components/section';
import { differencesOf, fieldOf } from './differences';

const Changes = ({ record }: Pick<AuditEntry, 'record'>) => {
  const rows = differencesOf(record);
  if (rows.length === 0) return <Nothing>The record tells of nothing that was changed.</Nothing>;
  return <ListTable label="Before and after" minWidth={340} headings={['Field', 'Before', 'After', 'Changed']} rows={rows.map(({ name, before, after, isChanged }) => ({ key: name, cells: [name, before, after, isChanged ? 'yes' : ''] }))} />;
};

const Decision = ({ record }: Pick<AuditEntry, 'record'>) => {
  const cycle = record['cycle_id'];
  return (
    <>
      <Text>
        {fieldOf(record, 'actor')}: {fieldOf(record, 'kind')}, <When at={fieldOf(record, 'happened_at')} />
      </Text>
      <Text>
        Target {fieldOf(record, 'model')} / {fieldOf(record, 'workload')}
        {typeof cycle === 'string' && (
          <>
            , cycle{' '}
            <Anchor component={Link} to={`/cycles/${encodeURIComponent(cycle)}`} underline="always">
              {cycle}
            </Anchor>
          </>
        )}
      </Text>
      <Text>Why: {fieldOf(record, 'reason') || '–'}</Text>
      <Section title="Before and after">
        <Changes record={record} />
      </Section>
    </>
  );
};

const Proof = ({ entry: { hash, previousHash, record, recordedAt } }: { readonly entry: AuditEntry }) => (
  <Section title="Proof">
    <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
      Hash {hash}, after {previousHash}; recorded <When at={recordedAt} />
    </Text>
    <Code block tabIndex={0} role="region" aria-label="The record as it is hashed">
      {JSON.stringify(record, null, 2)}
    </Code>
  </Section>
);

const RecordPage = () => {
  const { chain = 'decisions', sequence = '' } = useParams();
  const entry = useQuery({ queryKey: ['audit', 'record', chain, sequence], queryFn: () => read<AuditEntry>(`/api/audit/${encodeURIComponent(chain)}/${encodeURIComponent(sequence)}`) });
  return (
    <>
      <PageTitle title={`${chain === 'cycles' ? 'Cycle record' : 'Decision'} ${sequence}`}>
        <Anchor component={Link} to="/audit" underline="always">
          Audit log
        </Anchor>
      </PageTitle>
      <Answer of={entry}>
        {(data) => (
          <Stack gap="xs">
            {chain === 'decisions' && <Decision record={data.record} />}
            <Proof entry={data} />
          </Stack>
        )}
      </Answer>
    </>
  );
};
export default RecordPage;
