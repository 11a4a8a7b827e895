import { Anchor, Group, Paper, Stack, Text } from '@mantine/core';
import type { Need } from '@ratchet/console-api';
import { Link } from 'react-router';
import { Nothing } from '../../components/nothing';
import { When } from '../../components/when';
import { SeverityBadge } from '../../components/severity-badge';

/** What waits for a person, the most urgent first. */
export const NeedsList = ({ needs }: { readonly needs: readonly Need[] }) => {
  if (needs.length === 0) return <Nothing>Nothing needs a person now.</Nothing>;
  return (
    <Stack component="ul" p={0} m={0} gap="xs" style={{ listStyle: 'none' }}>
      {needs.map((need) => (
        <Paper component="li" key={`${need.kind} ${need.path} ${need.title}`} withBorder p="xs">
          <Group justify="space-between" wrap="nowrap" align="start">
            <Anchor component={Link} to={need.path} style={{ overflowWrap: 'anywhere' }}>
              {need.title}
            </Anchor>
            <span style={{ flexShrink: 0 }}>
              <SeverityBadge severity={need.severity} />
            </span>
          </Group>
          <Text size="sm" lineClamp={3} style={{ overflowWrap: 'anywhere' }}>
            {need.detail}
          </Text>
          {need.since && (
            <Text size="xs">
              since <When at={need.since} />
            </Text>
          )}
        </Paper>
      ))}
    </Stack>
  );
};
