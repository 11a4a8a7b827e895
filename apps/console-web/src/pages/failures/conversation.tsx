import { Anchor, Badge, Group, Paper, Stack, Text } from '@mantine/core';
import type { FailureDetail, Turn } from '@ratchet/console-api';
import { Link } from 'react-router';
import { When } from '../../components/when';
import type { MarkedTurn, Segment } from './evidence-marks';
import { MarkedText } from './marked-text';

const Said = ({ by, segments, empty }: { readonly by: string; readonly segments: readonly Segment[] | null; readonly empty: string }) => (
  <div>
    <Text size="xs" fw={600}>
      {by}
    </Text>
    {segments === null || segments.length === 0 ? (
      <Text size="sm" fs="italic">
        {empty}
      </Text>
    ) : (
      <MarkedText segments={segments} />
    )}
  </div>
);

const Exchange = ({ turn, marked, isShown }: { readonly turn: Turn; readonly marked: MarkedTurn; readonly isShown: boolean }) => (
  <Paper component="li" withBorder p="sm" {...(isShown && { 'aria-current': 'true' as const, style: { borderWidth: 2, borderColor: 'var(--mantine-color-red-6)' } })}>
    <Stack gap="xs">
      <Group gap="xs">
        <Text size="xs" component="span">
          <When at={turn.startedAt} />, {turn.version}
        </Text>
        {isShown && <Badge color="red" variant="outline" styles={{ label: { color: 'var(--mantine-color-text)' } }}>this failure</Badge>}
        {turn.failed && !isShown && (
          <Anchor component={Link} to={`/failures/${encodeURIComponent(turn.interactionId)}`} size="xs" underline="always">
            failed, too
          </Anchor>
        )}
      </Group>
      {turn.query !== null && <Said by="The user" segments={marked.query} empty="an empty message" />}
      {turn.response !== null && <Said by="The model" segments={marked.response} empty="an empty answer" />}
      {turn.error !== null && <Said by="Error" segments={marked.error} empty="without a message" />}
      {turn.response === null && turn.error === null && <Said by="The model" segments={null} empty="no answer" />}
    </Stack>
  </Paper>
);

const around = (more: boolean, where: string): string | undefined => (more ? `There is more ${where} than is shown here.` : undefined);

/** The conversation as the user saw it. */
export const Conversation = ({ detail: { failure, turns, more, conversationKept }, marked }: { readonly detail: FailureDetail; readonly marked: readonly MarkedTurn[] }) => (
  <>
    {!conversationKept && <Text size="sm">The rest of the conversation is not kept here: CONVERSATIONS of the console says what is.</Text>}
    <Text size="sm">{around(more.before, 'before')}</Text>
    <Stack component="ol" gap="sm" p={0} m={0} style={{ listStyle: 'none' }} aria-label="Conversation">
      {turns.map((turn, place) => {
        const parts = marked[place];
        return parts && <Exchange key={turn.interactionId} turn={turn} marked={parts} isShown={turn.interactionId === failure.interactionId} />;
      })}
    </Stack>
    <Text size="sm">{around(more.after, 'after')}</Text>
  </>
);
