import { Alert, Button, Group, List, Stack, Text } from '@mantine/core';
import type { OrderFate } from '@ratchet/console-api';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useMay } from '../../api/caller';
import { useCommand } from '../../api/command';
import { read } from '../../api/request';
import { ReasonDialog } from '../../components/reason-dialog';
import type { OrderButton } from './buttons';
import { fateInWords } from './words';

interface Ordered {
  readonly commandId: string;
  readonly label: string;
}

const AGAIN_MS = 2_000;

const looks = { ordered: { color: 'blue', title: 'Ordered' }, obeyed: { color: 'teal', title: 'Done' }, refused: { color: 'red', title: 'Refused' } } as const;

/** What became of the last order: at once that it is ordered, then its effect or why there is none. */
export const FateOfOrder = ({ commandId, label }: Ordered) => {
  const { data } = useQuery({
    queryKey: ['rollouts', 'order', commandId],
    queryFn: () => read<OrderFate>(`/api/orders/${encodeURIComponent(commandId)}`),
    // The stream of changes is sooner; this is for where it is away.
    refetchInterval: ({ state }) => (state.data && state.data.fate !== 'ordered' ? false : AGAIN_MS),
  });
  const fate = data?.fate ?? 'ordered';
  const { color, title } = looks[fate];
  return (
    <Alert color={color} title={`${title}: ${label}`} role="status" aria-live="polite" data-fate={fate}>
      {fateInWords(fate, data?.message ?? null)}
    </Alert>
  );
};

/** Orders with a reason each; only for those who may give them. */
export const OrderButtons = ({ buttons, label }: { readonly buttons: readonly OrderButton[]; readonly label: string }) => {
  const may = useMay('operator');
  const command = useCommand();
  const [asked, setAsked] = useState<OrderButton>();
  const [ordered, setOrdered] = useState<Ordered>();
  if (!may) return null;
  const disabled = buttons.filter(({ whyNot }) => whyNot !== undefined);
  const confirm = (reason: string): void => {
    if (asked) command.mutate(asked.order(reason), { onSuccess: ({ commandId }) => setOrdered({ commandId, label: asked.label }) });
  };
  return (
    <Stack gap="xs">
      <Group role="group" aria-label={label} gap="xs">
        {buttons.map((button) => (
          <Button key={button.key} variant={button.isDangerous ? 'filled' : 'default'} {...(button.isDangerous && { color: 'red.9' })} disabled={button.whyNot !== undefined} title={button.whyNot ?? button.explanation} onClick={() => setAsked(button)}>
            {button.label}
          </Button>
        ))}
      </Group>
      {disabled.length > 0 && (
        <List size="xs" spacing={0} aria-label="Why some buttons are off">
          {disabled.map(({ key, label: name, whyNot }) => (
            <List.Item key={key}>
              <Text span size="xs">
                {name}: {whyNot}
              </Text>
            </List.Item>
          ))}
        </List>
      )}
      {ordered && <FateOfOrder key={ordered.commandId} {...ordered} />}
      {asked && <ReasonDialog opened title={asked.label} explanation={asked.explanation} confirm={asked.label} isDangerous={asked.isDangerous ?? false} onClose={() => setAsked(undefined)} onConfirm={confirm} />}
    </Stack>
  );
};
