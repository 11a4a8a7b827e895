import { Text } from '@mantine/core';
import { useConnected } from '../api/live';

/** Says whether the page is told of changes; a narrow header has room for it only where it is not. */
export const LiveMark = () => {
  const connected = useConnected();
  return (
    <div role="status">
      {connected === false && (
        <Text size="sm" fw={700} style={{ whiteSpace: 'nowrap' }}>
          ○ not live
        </Text>
      )}
      {connected === true && (
        <Text size="sm" visibleFrom="sm">
          ● live
        </Text>
      )}
    </div>
  );
};
