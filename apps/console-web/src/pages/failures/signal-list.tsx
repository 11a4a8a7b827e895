import { List, Text } from '@mantine/core';
import type { ShownSignal } from '@ratchet/console-api';
import { shortNumber, words } from '../../components/format';
import { Nothing } from '../../components/nothing';
import { When } from '../../components/when';

/** `secondsAfterReply` as words. */
const fieldInWords = (name: string): string => name.replaceAll(/[A-Z]/gu, (letter) => ` ${letter.toLowerCase()}`);

const Evidence = ({ of: { evidence } }: { readonly of: ShownSignal }) => (
  <Text size="sm" component="div" style={{ overflowWrap: 'anywhere' }}>
    {Object.entries(evidence).map(([name, value], place) => (
      <span key={name}>
        {place > 0 && '; '}
        {fieldInWords(name)}: {typeof value === 'string' ? <bdi>“{value}”</bdi> : typeof value === 'number' ? shortNumber(value) : value ? 'yes' : 'no'}
      </span>
    ))}
  </Text>
);

/** Every signal by its number in the conversation, with what it rests on. */
export const SignalList = ({ signals }: { readonly signals: readonly ShownSignal[] }) => {
  if (signals.length === 0) return <Nothing>None stands out: the detectors' features together make it likely.</Nothing>;
  return (
    <List type="ordered" withPadding spacing="xs">
      {signals.map((signal, place) => (
        <List.Item key={place}>
          <Text size="sm" component="div">
            <strong>{words(signal.name)}</strong>, strength {shortNumber(signal.strength)}
            {signal.late && (
              <>
                , came late: <When at={signal.detectedAt} />
              </>
            )}
          </Text>
          <Evidence of={signal} />
        </List.Item>
      ))}
    </List>
  );
};
