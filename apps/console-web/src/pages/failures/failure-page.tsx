import { Anchor } from '@mantine/core';
import type { FailureDetail } from '@ratchet/console-api';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import { read } from '../../api/request';
import { Answer } from '../../components/answer';
import { Facts } from '../../components/facts';
import { percent, versionPath, words } from '../../components/format';
import { Nothing } from '../../components/nothing';
import { PageTitle } from '../../components/page-title';
import { Section } from '../../components/section';
import { When } from '../../components/when';
import { Conversation } from './conversation';
import { markedFailure } from './evidence-marks';
import { MarkedText } from './marked-text';
import { SignalList } from './signal-list';

const To = ({ to, children }: { readonly to: string; readonly children: string }) => (
  <Anchor component={Link} to={to} size="sm" underline="always">
    <bdi>{children}</bdi>
  </Anchor>
);

const Cluster = ({ of }: { readonly of: FailureDetail['opportunity'] }) => {
  if (!of) return <>none yet: the next analysis may put it into one</>;
  return (
    <>
      <To to={`/opportunities/${encodeURIComponent(of.opportunityId)}`}>{of.commonPatterns.slice(0, 4).join(', ') || of.opportunityId}</To>, {words(of.rootCause)}, {of.closed ? `closed: ${words(of.closed)}` : 'open'}
    </>
  );
};

const About = ({ failure, opportunity }: Pick<FailureDetail, 'failure' | 'opportunity'>) => (
  <Facts
    caption="The failure"
    rows={[
      ['Target', `${failure.model} / ${failure.workload}`],
      ['Version', <To to={versionPath(failure)}>{failure.version}</To>],
      ['Failed for', `${percent(failure.probability)} by all signals together; severity ${percent(failure.severity)}`],
      ['Cluster', <Cluster of={opportunity} />],
      ['Asked', <When at={failure.startedAt} />],
      ['Conversation', <To to={`/failures?conversation=${encodeURIComponent(failure.conversationId)}`}>{failure.conversationId}</To>],
      ...(failure.userId === null ? [] : [['User', <To to={`/failures?user=${encodeURIComponent(failure.userId)}`}>{failure.userId}</To>] as const]),
      ...(failure.reasons.length === 0 ? [] : [['Ticked', failure.reasons.map(words).join(', ')] as const]),
    ]}
  />
);

const Detail = ({ detail }: { readonly detail: FailureDetail }) => {
  const { turns, comments, correction } = markedFailure(detail);
  return (
    <>
      <About {...detail} />
      <Section title="What tells of it"><SignalList signals={detail.signals} /></Section>
      {(comments.length > 0 || correction) && (
        <Section title="What people wrote about it">
          <Facts caption="Comments and corrections" rows={[...comments.map((segments, place) => [comments.length > 1 ? `Comment ${place + 1}` : 'Comment', <MarkedText segments={segments} />] as const), ...(correction ? [['The right answer', <MarkedText segments={correction} />] as const] : [])]} />
        </Section>
      )}
      {detail.failure.contentWithheld && <Nothing>The workload keeps its texts to itself, so neither messages nor quotes are here.</Nothing>}
      <Section title="The conversation"><Conversation detail={detail} marked={turns} /></Section>
    </>
  );
};

const FailurePage = () => {
  const { id = '' } = useParams();
  const detail = useQuery({ queryKey: ['failures', 'detail', id], queryFn: () => read<FailureDetail>(`/api/failures/${encodeURIComponent(id)}`) });
  return (
    <>
      <PageTitle title="Failure" />
      <Answer of={detail}>{(data) => <Detail detail={data} />}</Answer>
    </>
  );
};
export default FailurePage;
