import { Anchor, Text, Timeline } from '@mantine/core';
import type { Decision } from '@ratchet/console-api';
import { Link } from 'react-router';
import { Nothing } from '../../components/nothing';
import { When } from '../../components/when';
import { words } from '../../components/format';

/** What was decided, by whom and why, in the order of time. */
export const Decisions = ({ decisions }: { readonly decisions: readonly Decision[] }) =>
  decisions.length === 0 ? (
    <Nothing>Nothing was decided yet.</Nothing>
  ) : (
    <Timeline bulletSize={12} lineWidth={2}>
      {decisions.map(({ decisionId, kind, actor, reason, rolloutId, happenedAt }) => (
        <Timeline.Item key={decisionId} title={words(kind)}>
          <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
            {reason}
          </Text>
          <Text size="xs">
            {actor}, <When at={happenedAt} />
            {rolloutId !== null && (
              <>
                {', '}
                <Anchor component={Link} to={`/rollouts/${encodeURIComponent(rolloutId)}`} size="xs" underline="always">
                  its rollout
                </Anchor>
              </>
            )}
          </Text>
        </Timeline.Item>
      ))}
    </Timeline>
  );
