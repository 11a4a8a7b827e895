import { Text } from '@mantine/core';
import type { Fix } from '@ratchet/console-api';
import { When } from '../../components/when';
import { Facts } from '../../components/facts';
import { words } from '../../components/format';
import { Links } from '../../components/links';
import { Section } from '../../components/section';

const Multiline = ({ children }: { readonly children: string }) => (
  <Text size="sm" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
    {children}
  </Text>
);

/** A fix that is no training data: what it changes of the version. */
export const FixDetail = ({ fix: { fixType, summary, opportunityId, datasetId, patch, proposedAt } }: { readonly fix: Fix }) => (
  <Section title="Fix">
    <Facts
      caption="Fix"
      rows={[
        ['Kind', words(fixType)],
        ['Summary', summary ?? '–'],
        ['Opportunity', <Links key="o" to="/opportunities" ids={[opportunityId]} />],
        ['Tested with', <Links key="d" to="/datasets" ids={datasetId === null ? [] : [datasetId]} />],
        ['Proposed', <When key="w" at={proposedAt} />],
        ...(patch.systemPrompt === undefined ? [] : ([['System prompt', <Multiline key="p">{patch.systemPrompt}</Multiline>]] as const)),
        ...(patch.knowledge ?? []).map(({ entryId, title, text }) => [`Knowledge ${entryId}`, <Multiline key="k">{`${title}\n${text}`}</Multiline>] as const),
        ...(patch.safetyThreshold === undefined ? [] : ([['Safety threshold', patch.safetyThreshold]] as const)),
        ...(patch.retrieval === undefined ? [] : ([['Retrieval', `top ${patch.retrieval.topK}, score at least ${patch.retrieval.minScore}`]] as const)),
      ]}
    />
  </Section>
);
