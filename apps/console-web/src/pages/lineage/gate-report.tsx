import { Alert, Stack, Text } from '@mantine/core';
import type { GateReport as Report } from '@ratchet/console-api';
import { When } from '../../components/when';
import { measured, shortNumber, words } from '../../components/format';
import { ListTable } from '../../components/list-table';
import { Section } from '../../components/section';
import { StateBadge } from './state-badge';

type Gate = Report['gates'][number];

const gateRow = (gate: Gate) => ({
  key: gate.name,
  cells: [`${words(gate.name)}${gate.required ? '' : ' (not required)'}`, <StateBadge key="v" state={gate.verdict} />, `${measured(gate)}${gate.missing ? `, ${gate.missing} missing` : ''}`, shortNumber(gate.threshold), gate.message],
});

const Categories = ({ gate: { name, categories = [] } }: { readonly gate: Gate }) => (
  <>
    <Text fw={600} size="sm">
      {words(name)}, by category
    </Text>
    <ListTable
      label={`${words(name)} by category`}
      headings={['Category', 'Items', 'Old', 'New', 'Difference', 'Harmed', 'Thin']}
      rows={categories.map(({ category, n, old, new: now, difference, halfWidth, harmed, thin }) => ({
        key: category,
        cells: [category, n, shortNumber(old), shortNumber(now), measured({ value: difference, halfWidth, n }), harmed ? '✗ harmed' : 'no', thin ? 'too few items to say' : 'no'],
      }))}
    />
  </>
);

const Evidence = ({ evidence }: { readonly evidence: NonNullable<Report['evidence']> }) => (
  <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
    {evidence.items.target} target, {evidence.items.general} general and {evidence.items.safety} safety items; {evidence.leaked} had leaked into the training and were left out. Scored by{' '}
    {evidence.scorers.map(({ name, version, items }) => `${words(name)}${version === undefined ? '' : ` ${version}`} (${items})`).join(', ') || 'nothing'}. Suite {evidence.suiteHash}.
  </Text>
);

/** Every gate with its figures, and what the verdict rests on. */
export const GateReport = ({ report }: { readonly report: Report }) => (
  <Section title="Gate report">
    <Alert variant="outline" color="gray" title={<StateBadge state={report.outcome} />} aria-label="Verdict">
      <Text size="sm" style={{ whiteSpace: 'pre-wrap' }}>
        {report.message}
      </Text>
      {report.awaits !== undefined && <Text size="sm">It waits for {report.awaits === 'person' ? 'a person’s approval' : 'more data'}.</Text>}
      <Text size="sm">
        Judged <When at={report.judgedAt} />
      </Text>
    </Alert>
    {report.gates.length > 0 && <ListTable label="Gates" minWidth={760} headings={['Gate', 'Verdict', 'Value ± half-width (n)', 'Threshold', 'Message']} rows={report.gates.map(gateRow)} />}
    <Stack gap="sm">{report.gates.filter(({ categories }) => categories !== undefined && categories.length > 0).map((gate) => <Categories key={gate.name} gate={gate} />)}</Stack>
    {report.evidence && <Evidence evidence={report.evidence} />}
  </Section>
);
