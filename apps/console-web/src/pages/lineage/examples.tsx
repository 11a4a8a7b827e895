import { Group, NativeSelect, Text } from '@mantine/core';
import type { DatasetDetail, ExamplesPage } from '@ratchet/console-api';
import { useState } from 'react';
import { words } from '../../components/format';
import { Links } from '../../components/links';
import { ListTable } from '../../components/list-table';
import { PageList } from '../../components/page-list';
import { usePages } from '../../components/use-pages';

type Example = ExamplesPage['items'][number];

const Origin = ({ example: { source, augmentation, lineage } }: { readonly example: Example }) => (
  <>
    <Text size="sm">
      {words(source)}
      {augmentation && `, ${words(augmentation)}`}
      {lineage.agreeingUsers !== undefined && `, ${lineage.agreeingUsers} users agree`}
      {lineage.acceptedBy !== undefined && `, accepted by ${lineage.acceptedBy}`}
    </Text>
    {lineage.interactionIds.length > 0 && (
      <Text size="sm" component="div">
        from <Links to="/failures" ids={lineage.interactionIds} />
      </Text>
    )}
  </>
);

const Expected = ({ example: { output, check, rejectedOutput } }: { readonly example: Example }) => (
  <>
    <Text size="sm" style={{ whiteSpace: 'pre-wrap' }}>
      {output === '' && check ? `must pass the check ${check.kind}` : output}
    </Text>
    {rejectedOutput !== undefined && (
      <Text size="sm" style={{ whiteSpace: 'pre-wrap' }}>
        Instead of: {rejectedOutput}
      </Text>
    )}
  </>
);

const rowOf = (example: Example) => ({
  key: example.exampleId,
  cells: [
    <Text key="i" size="sm" style={{ whiteSpace: 'pre-wrap' }}>
      {example.input}
    </Text>,
    <Expected key="o" example={example} />,
    `${example.split === 'test' ? 'to test with' : 'to learn from'}${example.category === undefined ? '' : `, ${example.category}`}${example.difficulty === undefined ? '' : `, ${example.difficulty}`}`,
    <Origin key="s" example={example} />,
  ],
});

/** The examples of a dataset, with filters. */
export const Examples = ({ dataset: { datasetId, sources, categories } }: { readonly dataset: DatasetDetail }) => {
  const [filters, setFilters] = useState({ split: '', source: '', category: '' });
  const list = usePages<Example>(['datasets', 'examples'], `/api/datasets/${encodeURIComponent(datasetId)}/examples`, filters);
  const choose = (name: keyof typeof filters) => (event: { readonly currentTarget: { readonly value: string } }) => {
    const { value } = event.currentTarget;
    setFilters((before) => ({ ...before, [name]: value }));
  };
  const all = { value: '', label: 'all' };
  return (
    <>
      <Group align="flex-end" gap="sm">
        <NativeSelect label="Split" value={filters.split} onChange={choose('split')} data={[all, { value: 'train', label: 'to learn from' }, { value: 'test', label: 'to test with' }]} />
        <NativeSelect label="Source" value={filters.source} onChange={choose('source')} data={[all, ...sources.map(({ name }) => ({ value: name, label: words(name) }))]} />
        <NativeSelect label="Category" value={filters.category} onChange={choose('category')} data={[all, ...categories.filter(({ name }) => name !== 'no category' && name.length <= 200).map(({ name }) => ({ value: name, label: name }))]} />
      </Group>
      <PageList of={list} empty="There is no such example. An erasure may have taken it away.">
        {(items) => <ListTable label="Examples, as filtered" minWidth={760} headings={['Asked', 'Right answer', 'Used', 'From']} rows={items.map(rowOf)} />}
      </PageList>
    </>
  );
};
