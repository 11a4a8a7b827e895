import { Button, Group, Stack, Text, Textarea } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { send } from '../../api/request';

/** Signs exactly what is shown: its hash goes with the order. */
export const SignForm = ({ path, hash }: { readonly path: string; readonly hash: string }) => {
  const [note, setNote] = useState('');
  const queries = useQueryClient();
  const sign = useMutation({
    mutationFn: () => send('POST', `${path}/signatures`, { hash, note }),
    onSuccess: () => {
      setNote('');
      void queries.invalidateQueries({ queryKey: ['reports'] });
    },
    onError: (error) => notifications.show({ color: 'red', title: 'Not signed', message: error.message }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    sign.mutate();
  };
  return (
    <form onSubmit={submit} className="no-print">
      <Stack gap="xs" maw={600}>
        <Textarea label="Note" description="What you looked at, and what follows. It is put on the record." maxLength={2000} autosize minRows={2} value={note} onChange={(event) => setNote(event.currentTarget.value)} />
        <Group>
          <Button type="submit" loading={sign.isPending}>
            Sign off
          </Button>
          <Text size="sm">Your name, the time and what is shown above are kept.</Text>
        </Group>
      </Stack>
    </form>
  );
};
