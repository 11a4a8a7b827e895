import { Alert, Card, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import type { AuditState, ChainState } from '@ratchet/console-api';
import { When } from '../../components/when';

const Chain = ({ title, chain }: { readonly title: string; readonly chain: ChainState }) => (
  <Card withBorder component="section" aria-label={title}>
    <Stack gap="xs">
      <Title order={2} size="h4">
        {title}
      </Title>
      {chain.problem === null ? (
        <Text>
          {chain.sequence === 0 ? 'No record yet.' : `${chain.sequence} records. The newest ${chain.verified} follow each other.`}
        </Text>
      ) : (
        <Alert color="red" title="The chain is broken" role="alert">
          {chain.problem}
        </Alert>
      )}
      <Text size="xs" ff="monospace" style={{ overflowWrap: 'anywhere' }}>
        Head {chain.hash}
      </Text>
    </Stack>
  </Card>
);

/** Both chains, whether they hold, and what was last published of them. */
export const Chains = ({ state: { cycles, decisions, anchor } }: { readonly state: AuditState }) => (
  <Stack mb="md" gap="xs">
    <SimpleGrid cols={{ base: 1, md: 2 }}>
      <Chain title="Decisions" chain={decisions} />
      <Chain title="Cycles" chain={cycles} />
    </SimpleGrid>
    <Group gap="xs">
      {anchor === null ? (
        <Text size="sm">No head was published yet.</Text>
      ) : (
        <Text size="sm">
          Last anchor: decision {anchor.decisions.sequence} and cycle {anchor.cycles.sequence}, published <When at={anchor.anchoredAt} />.
        </Text>
      )}
    </Group>
  </Stack>
);
