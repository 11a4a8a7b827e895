import { Accordion, Group, Table, Text } from '@mantine/core';
import type { ReviewAgreement, ReviewProgress } from '@ratchet/console-api';
import { ScrollTable } from '../../components/scroll-table';
import { When } from '../../components/when';

const share = (value: number): string => `${Math.round(value * 100)} %`;

/** Agreement in words, with how sure it is. */
export const agreementText = ({ n, observed, kappa, lower, upper }: ReviewAgreement): string => {
  if (n === 0 || observed === null) return 'no item has been decided by two reviewers yet';
  const chance = kappa === null || lower === null || upper === null ? 'kappa cannot be said: all were judged alike' : `Cohen's kappa ${kappa.toFixed(2)} (95 %: ${lower.toFixed(2)} to ${upper.toFixed(2)})`;
  return `agreed on ${share(observed)} of ${n}; ${chance}`;
};

const Targets = ({ targets }: { readonly targets: ReviewProgress['targets'] }) => (
  <ScrollTable label="Progress by target" minWidth={520} titles={['Target', 'Waiting', 'Approved', 'Rejected', 'Withdrawn', 'Agreement of two reviewers']}>
    {targets.map(({ model, workload, waiting, approved, rejected, withdrawn, agreement }) => (
      <Table.Tr key={`${model}/${workload}`}>
        <Table.Td>{`${model} / ${workload}`}</Table.Td>
        <Table.Td>{waiting}</Table.Td>
        <Table.Td>{approved}</Table.Td>
        <Table.Td>{rejected}</Table.Td>
        <Table.Td>{withdrawn}</Table.Td>
        <Table.Td>{agreementText(agreement)}</Table.Td>
      </Table.Tr>
    ))}
  </ScrollTable>
);

/** How far the queue, its reviewers and their agreement are. */
export const ProgressView = ({ progress }: { readonly progress: ReviewProgress }) => {
  const { targets, mine, claims, agreement } = progress;
  const waiting = targets.reduce((sum, target) => sum + target.waiting, 0);
  return (
    <Accordion variant="contained" mb="sm" chevronPosition="left">
      <Accordion.Item value="progress">
        <Accordion.Control>
          <Group gap="md">
            <Text size="sm" fw={600}>{waiting} waiting</Text>
            <Text size="sm">
              You today: {mine.approve} approved, {mine.edit} edited, {mine.reject} rejected
            </Text>
            <Text size="sm">Two reviewers: {agreementText(agreement)}</Text>
          </Group>
        </Accordion.Control>
        <Accordion.Panel>
          <Targets targets={targets} />
          <Text size="sm" fw={600} mt="sm">
            Who holds what
          </Text>
          {claims.length === 0 && <Text size="sm">Nobody holds an item.</Text>}
          {claims.map(({ reviewer, items, until }) => (
            <Text size="sm" key={reviewer}>
              {reviewer}: {items}, until <When at={until} /> at the latest
            </Text>
          ))}
        </Accordion.Panel>
      </Accordion.Item>
    </Accordion>
  );
};
