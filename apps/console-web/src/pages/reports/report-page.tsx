import './print.css';
import { Alert, Button, Code, Group, Stack, Text, Title } from '@mantine/core';
import type { FrozenReport, Report } from '@ratchet/console-api';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useParams } from 'react-router';
import { useCaller, useMay } from '../../api/caller';
import { read } from '../../api/request';
import { Answer } from '../../components/answer';
import { PageTitle } from '../../components/page-title';
import { When } from '../../components/when';
import { ReportSection } from './report-section';
import { SignForm } from './sign-form';

const Signatures = ({ frozen }: { readonly frozen: FrozenReport }) => (
  <section aria-label="Signatures">
    <Title order={2} size="h4">
      Signed
    </Title>
    {frozen.signatures.map(({ signer, role, note, signedAt }) => (
      <Text key={signer} style={{ overflowWrap: 'anywhere' }}>
        ✓ {signer} ({role}), <When at={signedAt} />
        {note !== '' && `: ${note}`}
      </Text>
    ))}
    <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
      SHA-256 of the content: <Code>{frozen.hash}</Code>
    </Text>
  </section>
);

const Differs = ({ isPresent, onSwitch }: { readonly isPresent: boolean; readonly onSwitch: () => void }) => (
  <Alert color="yellow" title="The facts have changed since this was signed" className="no-print">
    <Group>
      <Text size="sm">{isPresent ? 'What is shown are the facts as they are now, which nobody has signed.' : 'What is shown is what was signed.'}</Text>
      <Button size="xs" variant="default" onClick={onSwitch}>
        {isPresent ? 'Show what was signed' : 'Show the facts as they are now'}
      </Button>
    </Group>
  </Alert>
);

const ReportBody = ({ report, path }: { readonly report: Report; readonly path: string }) => {
  const [isPresent, setIsPresent] = useState(false);
  const maySign = useMay('operator');
  const { data: caller } = useCaller();
  const { closed, present, frozen } = report;
  const signed = isPresent ? frozen.find(({ hash }) => hash === present.hash) : frozen[0];
  const shown = signed ?? present;
  const hasSigned = signed?.signatures.some(({ signer }) => signer === caller?.name) ?? false;
  return (
    <Stack>
      {frozen.length > 0 && frozen.every(({ hash }) => hash !== present.hash) && <Differs isPresent={isPresent} onSwitch={() => setIsPresent(!isPresent)} />}
      {!closed && <Alert color="blue" title="The period has not ended">What is shown is what has happened so far; it can be signed once the period has ended.</Alert>}
      {shown.content.sections.map((section) => (
        <ReportSection key={section.id} section={section} csv={`${path}/tables/${section.id}`} />
      ))}
      {signed && <Signatures frozen={signed} />}
      {closed && maySign && !hasSigned && <SignForm path={path} hash={shown.hash} />}
    </Stack>
  );
};

/** A daily, weekly or monthly report. */
const ReportPage = () => {
  const { kind = '', period = '' } = useParams();
  const path = `/api/reports/${encodeURIComponent(kind)}/${encodeURIComponent(period)}`;
  const report = useQuery({ queryKey: ['reports', kind, period], queryFn: () => read<Report>(path) });
  return (
    <>
      <PageTitle title={`${kind.charAt(0).toUpperCase()}${kind.slice(1)} report ${period}`}>
        <Group className="no-print">
          <Button variant="default" onClick={() => window.print()}>
            Print
          </Button>
          <Button variant="default" component="a" href={`${path}/export`} download>
            JSON
          </Button>
        </Group>
      </PageTitle>
      <Answer of={report}>{(data) => <ReportBody report={data} path={path} />}</Answer>
    </>
  );
};
export default ReportPage;
