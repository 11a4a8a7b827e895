import { Alert, Badge, Group, Paper, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import type { ShownReview } from '@ratchet/console-api';
import type { ReactNode } from 'react';
import { When } from '../../components/when';
import { DiffText } from '../../components/diff-text';
import { type DiffPart, wordDiff } from '../../components/word-diff';
import { ItemLineage } from './item-lineage';

const TextPanel = ({ title, children }: { readonly title: string; readonly children: ReactNode }) => (
  <Paper withBorder p="sm" component="section" aria-label={title}>
    <Title order={2} size="h6" mb={4}>
      {title}
    </Title>
    <Text component="div" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
      {children}
    </Text>
  </Paper>
);

const Answers = ({ item }: { readonly item: ShownReview }) => {
  const failed = item.origin?.failedAnswer;
  const parts: readonly DiffPart[] = failed === undefined ? [] : wordDiff(failed, item.output);
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }} spacing="sm">
      <TextPanel title="What the model said">{failed === undefined ? <Text c="dimmed">Not known for this very request.</Text> : <DiffText parts={parts} side="old" />}</TextPanel>
      <TextPanel title="Proposed answer">{failed === undefined ? item.output : <DiffText parts={parts} side="new" />}</TextPanel>
    </SimpleGrid>
  );
};

const decisionWords = { approve: 'approved it', edit: 'put another answer', reject: 'rejected it' } as const;

const Decisions = ({ item }: { readonly item: ShownReview }) => {
  const { decisions, withdrawn = [], hiddenDecisions, reviewersNeeded = 1 } = item;
  if (decisions.length + withdrawn.length + hiddenDecisions === 0 && reviewersNeeded < 2) return null;
  return (
    <Paper withBorder p="sm" component="section" aria-label="Decisions">
      <Title order={2} size="h6" mb={4}>
        Decisions
      </Title>
      {reviewersNeeded > 1 && <Text size="sm">Two reviewers are asked for this one, each without knowing what the other says.</Text>}
      {hiddenDecisions > 0 && <Text size="sm">{hiddenDecisions} decided already; what they said is shown after your own decision.</Text>}
      {decisions.map(({ reviewer, decision, reason, output, decidedAt }) => (
        <Text size="sm" key={`${reviewer} ${decidedAt}`} style={{ overflowWrap: 'anywhere' }}>
          {reviewer} {decisionWords[decision]} (<When at={decidedAt} />): {reason}
          {output !== undefined && ` → ${output}`}
        </Text>
      ))}
      {withdrawn.map(({ reviewer, decision, withdrawnAt, withdrawnBecause }) => (
        <Text size="sm" c="dimmed" key={`${reviewer} ${withdrawnAt}`} style={{ overflowWrap: 'anywhere' }}>
          {reviewer} took back that they {decisionWords[decision]} (<When at={withdrawnAt} />): {withdrawnBecause}
        </Text>
      ))}
    </Paper>
  );
};

const Claim = ({ item, reviewer }: { readonly item: ShownReview; readonly reviewer: string }) => {
  const { claim } = item;
  if (!claim || item.state !== 'waiting' || Date.parse(claim.until) <= Date.now()) return <Text size="sm">Nobody holds it.</Text>;
  return (
    <Text size="sm">
      {claim.reviewer === reviewer ? 'You hold it' : `${claim.reviewer} holds it`} until <When at={claim.until} />.
    </Text>
  );
};

/** One item, as a reviewer judges it. */
export const ItemView = ({ item, reviewer }: { readonly item: ShownReview; readonly reviewer: string }) => (
  <Stack gap="sm">
    <Group gap="xs">
      <Badge variant="outline">{item.source.replaceAll('_', ' ')}</Badge>
      <Badge variant="outline">confidence {item.confidence.toFixed(2)}</Badge>
      {item.state !== 'waiting' && <Badge variant="outline">{item.state}</Badge>}
      {(item.refusals ?? []).length > 0 && <Badge variant="outline">{item.refusals?.length} refused</Badge>}
    </Group>
    <Alert role="note" variant="light" color="gray" title="Why it waits" p="xs">
      {item.reason}
    </Alert>
    <TextPanel title="What was asked">{item.input}</TextPanel>
    <Answers item={item} />
    <Claim item={item} reviewer={reviewer} />
    <Decisions item={item} />
    <ItemLineage item={item} />
  </Stack>
);
