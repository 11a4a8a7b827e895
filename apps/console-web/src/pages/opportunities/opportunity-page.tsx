import { Anchor, Paper, SimpleGrid, Stack, Text } from '@mantine/core';
import type { OpportunityDetail } from '@ratchet/console-api';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import { read } from '../../api/request';
import { Answer } from '../../components/answer';
import { Nothing } from '../../components/nothing';
import { PageTitle } from '../../components/page-title';
import { When } from '../../components/when';
import { Facts } from '../../components/facts';
import { shortNumber, words } from '../../components/format';
import { Links } from '../../components/links';
import { ListTable } from '../../components/list-table';
import { Section } from '../../components/section';
import { OpportunityActions } from './opportunity-actions';
import { History } from './history-section';
import { nameOf } from './cluster-words';
import { trendInWords } from './trend';
import { TrendBars } from './trend-bars';

type Ranked = OpportunityDetail['opportunity'];

const Quote = ({ label, children }: { readonly label: string; readonly children: string }) => (
  <div>
    <Text size="xs" fw={600}>{label}</Text>
    <Text size="sm" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>{children}</Text>
  </div>
);

const Representatives = ({ representatives }: Pick<Ranked, 'representatives'>) => {
  if (representatives.length === 0) return <Nothing>None are kept.</Nothing>;
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }}>
      {representatives.map(({ interactionId, query, response, correction }) => (
        <Paper key={interactionId} withBorder p="sm">
          <Stack gap="xs">
            <Quote label="The user">{query}</Quote>
            <Quote label="The model">{response}</Quote>
            {correction !== undefined && <Quote label="The correction">{correction}</Quote>}
            <Anchor component={Link} to={`/failures/${encodeURIComponent(interactionId)}`} size="sm" underline="always">
              The conversation as the user saw it, with the evidence
            </Anchor>
          </Stack>
        </Paper>
      ))}
    </SimpleGrid>
  );
};

const Priority = ({ of: { affectedUsers, severity, estimatedEffort, regressionRisk, priority, estimates } }: { readonly of: Ranked }) => {
  const rows = [
    ['affected users', affectedUsers, estimates?.affectedUsers], ['severity', severity, estimates?.severity], ['effort in days', estimatedEffort, estimates?.estimatedEffort],
    ['risk that the fix breaks something', regressionRisk, estimates?.regressionRisk], ['priority', priority, estimates?.priority],
  ] as const;
  return (
    <ListTable
      label="How the priority is made"
      headings={['Input', 'Value', 'Nine times of ten in', 'Rests on']}
      rows={rows.map(([name, value, estimate]) => ({ key: name, cells: [name, shortNumber(value), estimate ? `${shortNumber(estimate.low)} to ${shortNumber(estimate.high)}` : '–', estimate ? `${estimate.basis} (${estimate.n})` : '–'] }))}
    />
  );
};

const Diagnosis = ({ diagnosis, rootCauseReason, suggestedFix }: Pick<Ranked, 'diagnosis' | 'rootCauseReason' | 'suggestedFix'>) => (
  <Facts
    caption="Why"
    rows={[
      ['Reason', rootCauseReason],
      ['Suggested fix', suggestedFix],
      ...(diagnosis ? [['Rules say', `${words(diagnosis.byRules.rootCause)} (${shortNumber(diagnosis.byRules.confidence)})`] as const] : []),
      ...(diagnosis?.byJudge ? [['The judge says', `${words(diagnosis.byJudge.rootCause)} (${shortNumber(diagnosis.byJudge.confidence)}): ${diagnosis.byJudge.reason}`] as const] : []),
      ...(diagnosis?.byPerson ? [['A person says', `${words(diagnosis.byPerson.rootCause)}, ${diagnosis.byPerson.actor}: ${diagnosis.byPerson.reason}`] as const] : []),
    ]}
  />
);

const Detail = ({ detail }: { readonly detail: OpportunityDetail }) => {
  const { opportunity: of, closed, datasets, cycles } = detail;
  return (
    <>
      <Facts
        caption="The cluster"
        rows={[
          ['Target', `${of.model} / ${of.workload}`], ['Served by', of.version], ['State', closed ? `closed: ${words(closed.reason)}` : 'open'], ['Failures', `${of.size} of ${of.failuresAnalyzed} that were analyzed`],
          ['Trend', <><TrendBars trend={of.trend} />{trendInWords(of.trend)}</>], ['Root cause', `${words(of.rootCause)} (${shortNumber(of.rootCauseConfidence)})`], ['Fix', `${words(of.fixType)} by ${of.strategy}`], ['Ranked', <When at={of.rankedAt} />],
        ]}
      />
      <OpportunityActions key={of.opportunityId} of={detail} />
      <Section title="Root cause and fix"><Diagnosis {...of} /></Section>
      <Section title="Priority"><Priority of={of} /></Section>
      <Section title="History"><History opportunityId={of.opportunityId} /></Section>
      <Section title="What it looks like">
        <Representatives representatives={of.representatives} />
        <Anchor component={Link} to={`/failures?opportunity=${encodeURIComponent(of.opportunityId)}`} size="sm" underline="always">
          All failures of this cluster
        </Anchor>
      </Section>
      <Section title="What sets it apart">
        {of.patterns && of.patterns.length > 0 ? (
          <ListTable label="Patterns" headings={['Pattern', 'Kind', 'Of its failures', 'Of the others']} rows={of.patterns.map(({ pattern, kind, share, shareElsewhere }) => ({ key: `${kind} ${pattern}`, cells: [pattern, kind, `${(share * 100).toFixed(0)} %`, `${(shareElsewhere * 100).toFixed(0)} %`] }))} />
        ) : (
          <Nothing>{of.commonPatterns.join(', ') || 'Nothing was found.'}</Nothing>
        )}
      </Section>
      <Section title="What was made of it">
        <Facts caption="Datasets and cycles" rows={[['Datasets', <Links to="/datasets" ids={datasets.map(({ datasetId }) => datasetId)} />], ['Cycles', <Links to="/cycles" ids={cycles.map(({ cycleId }) => cycleId)} />]]} />
      </Section>
    </>
  );
};

const OpportunityPage = () => {
  const { id = '' } = useParams();
  const detail = useQuery({ queryKey: ['opportunities', 'detail', id], queryFn: () => read<OpportunityDetail>(`/api/opportunities/${encodeURIComponent(id)}`) });
  return (
    <>
      <PageTitle title={detail.data ? nameOf(detail.data.opportunity) : 'Opportunity'} />
      <Answer of={detail}>{(data) => <Detail detail={data} />}</Answer>
    </>
  );
};
export default OpportunityPage;
