import { Card, SegmentedControl, SimpleGrid, Stack, Text } from '@mantine/core';
import type { ChangedItemsAnswer } from '@ratchet/console-api';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { read } from '../../api/request';
import { Answer } from '../../components/answer';
import { Nothing } from '../../components/nothing';
import { shortNumber, words } from '../../components/format';
import { Section } from '../../components/section';
import { DiffText } from '../../components/diff-text';
import { wordDiff } from '../../components/word-diff';

type Item = ChangedItemsAnswer['better'][number];

const unknownText = (item: Item, side: 'old' | 'new'): string => {
  if (item.suite === 'safety') return side === 'old' ? 'The base is not asked what is unsafe.' : `Not repeated: ${item.reasons?.join('; ') ?? 'it is unsafe'}.`;
  return 'This answer is not kept any more.';
};

const Side = ({ item, side }: { readonly item: Item; readonly side: 'old' | 'new' }) => {
  const [text, score, other] = side === 'old' ? [item.oldAnswer, item.oldScore, item.newAnswer] : [item.newAnswer, item.newScore, item.oldAnswer];
  const parts = text === null || other === null ? [] : wordDiff(item.oldAnswer ?? '', item.newAnswer ?? '');
  return (
    <div>
      <Text size="sm" fw={600}>
        {side === 'old' ? 'Before' : 'After'}
        {score !== null && `, score ${shortNumber(score)}`}
      </Text>
      {text === null ? (
        <Text size="sm" fs="italic">
          {unknownText(item, side)}
        </Text>
      ) : (
        <Text size="sm" component="div" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
          {parts.length === 0 ? text : <DiffText parts={parts} side={side} />}
        </Text>
      )}
    </div>
  );
};

const ItemCard = ({ item }: { readonly item: Item }) => (
  <Card withBorder component="li" padding="sm">
    <Text size="sm" fw={600} style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
      {item.prompt}
    </Text>
    <Text size="xs">
      {words(item.suite)}, {item.category}
      {item.scorer !== undefined && `, scored by ${words(item.scorer)}`}
    </Text>
    <SimpleGrid cols={{ base: 1, sm: 2 }} mt="xs">
      <Side item={item} side="old" />
      <Side item={item} side="new" />
    </SimpleGrid>
    {item.expected !== undefined && (
      <Text size="sm" mt="xs" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
        Expected: {item.expected}
      </Text>
    )}
  </Card>
);

const Items = ({ changes }: { readonly changes: ChangedItemsAnswer }) => {
  const [shown, setShown] = useState<'worse' | 'better'>('worse');
  const items = changes[shown];
  const count = shown === 'worse' ? changes.worseCount : changes.betterCount;
  return (
    <>
      <SegmentedControl aria-label="Which items are shown" value={shown} onChange={(value) => setShown(value === 'better' ? 'better' : 'worse')} data={[{ value: 'worse', label: `Worse (${changes.worseCount})` }, { value: 'better', label: `Better (${changes.betterCount})` }]} style={{ alignSelf: 'flex-start' }} />
      {items.length === 0 ? <Nothing>There is no such item.</Nothing> : <Text size="sm">{items.length < count ? `The ${items.length} largest of ${count} differences.` : 'All differences, the largest first.'}</Text>}
      <Stack component="ul" gap="sm" p={0} m={0} style={{ listStyle: 'none' }}>
        {items.map((item) => (
          <ItemCard key={item.itemId} item={item} />
        ))}
      </Stack>
    </>
  );
};

/** The items that got better and worse, side by side. */
export const ChangedItems = ({ cycleId }: { readonly cycleId: string }) => {
  const query = useQuery({ queryKey: ['cycles', 'changes', cycleId], queryFn: () => read<ChangedItemsAnswer>(`/api/cycles/${encodeURIComponent(cycleId)}/changes`) });
  return (
    <Section title="Items that got better and worse">
      <Answer of={query}>{(changes) => (changes.betterCount + changes.worseCount === 0 ? <Nothing>The verdict tells of no item on which candidate and base differ.</Nothing> : <Items changes={changes} />)}</Answer>
    </Section>
  );
};
