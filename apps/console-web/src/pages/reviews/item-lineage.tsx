import { Anchor, List, Paper, Text, Title } from '@mantine/core';
import type { ShownReview } from '@ratchet/console-api';
import type { ReactNode } from 'react';
import { Link } from 'react-router';

const SHOWN_MAX = 10;

const Row = ({ name, children }: { readonly name: string; readonly children: ReactNode }) => (
  <List.Item>
    <Text size="sm" component="div" style={{ overflowWrap: 'anywhere' }}>
      <strong>{name}:</strong> {children}
    </Text>
  </List.Item>
);

/** Where the proposed answer comes from. */
export const ItemLineage = ({ item }: { readonly item: ShownReview }) => {
  const { origin = {}, agreeingUsers, interactionIds, opportunityId } = item;
  const { clusterId, strategyId, signals, parent, augmentation, difficulty, teacherCalls, scores } = origin;
  return (
    <Paper withBorder p="sm" component="section" aria-label="Where it comes from">
      <Title order={2} size="h6" mb={4}>
        Where it comes from
      </Title>
      <List spacing={2} withPadding={false} listStyleType="none">
        <Row name="For">{`${item.model} / ${item.workload}`}</Row>
        <Row name="Opportunity">
          <Anchor component={Link} to={`/opportunities/${encodeURIComponent(opportunityId)}`} size="sm" underline="always">
            {opportunityId}
          </Anchor>
        </Row>
        <Row name="Interactions">
          {interactionIds.length === 0 && 'none'}
          {interactionIds.slice(0, SHOWN_MAX).map((id) => (
            <Anchor key={id} component={Link} to={`/failures/${encodeURIComponent(id)}`} size="sm" underline="always" mr="xs">
              {id}
            </Anchor>
          ))}
          {interactionIds.length > SHOWN_MAX && `and ${interactionIds.length - SHOWN_MAX} more`}
        </Row>
        {agreeingUsers !== undefined && <Row name="Users who gave this answer">{agreeingUsers}</Row>}
        {parent && <Row name="Made of">{`“${parent.input}” → “${parent.output}”`}</Row>}
        {augmentation && <Row name="What was changed">{augmentation.replaceAll('_', ' ')}</Row>}
        {difficulty && <Row name="Difficulty">{difficulty}</Row>}
        {signals && <Row name="Signals of the failures">{signals.map((name) => name.replaceAll('_', ' ')).join(', ')}</Row>}
        {clusterId && <Row name="Cluster">{clusterId}</Row>}
        {strategyId && <Row name="Strategy">{strategyId}</Row>}
        {teacherCalls && <Row name="Answers of the teacher that it rests on">{teacherCalls.length}</Row>}
        {scores && <Row name="Judges">{Object.entries(scores).map(([name, score]) => `${name} ${score.toFixed(2)}`).join(', ')}</Row>}
      </List>
    </Paper>
  );
};
