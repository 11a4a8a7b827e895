import { Text } from '@mantine/core';
import { useConnected } from '../api/live';

/** Says whether the page is told of changes. */
export const LiveMark = () => {
  const connected = useConnected();
  return (
    <Text size="sm" role="status" fw={connected === false ? 700 : 400} style={{ whiteSpace: 'nowrap' }}>
      {connected === false ? '○ not live: connecting' : connected ? '● live' : ''}
    </Text>
  );
};
