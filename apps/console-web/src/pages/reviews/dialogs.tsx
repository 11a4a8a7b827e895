import { Button, Group, Kbd, Modal, Stack, Table, Text, Textarea } from '@mantine/core';
import { type FormEvent, type KeyboardEvent, useState } from 'react';
import { TableHead } from '../../components/scroll-table';
import { keyActions } from './keys';

const REASONS = ['The answer is wrong', 'The answer is out of date', 'It does not answer the question', 'It is unsafe or against policy', 'The request is not ours to answer'];

const submitOnControlEnter = (submit: () => void) => (event: KeyboardEvent) => {
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  submit();
};

interface EditDialogProps {
  readonly proposed: string;
  readonly onClose: () => void;
  readonly onSave: (given: { readonly output: string; readonly reason: string }) => void;
}

/** The proposed answer, to be put right. */
export const EditDialog = ({ proposed, onClose, onSave }: EditDialogProps) => {
  const [output, setOutput] = useState(proposed);
  const [reason, setReason] = useState('');
  const isReady = output.trim() !== '';
  const save = () => isReady && onSave({ output, reason: reason.trim() === '' ? 'the answer is better so' : reason.trim() });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save();
  };
  return (
    <Modal opened onClose={onClose} title="Approve with another answer" size="lg" closeButtonProps={{ 'aria-label': 'Close' }}>
      <form onSubmit={submit} onKeyDown={submitOnControlEnter(save)}>
        <Stack>
          <Textarea label="Answer" required maxLength={20_000} autosize minRows={6} maxRows={20} data-autofocus value={output} onChange={(event) => setOutput(event.currentTarget.value)} />
          <Textarea label="Reason" description="Put on the record; “the answer is better so” where it is empty." maxLength={2000} autosize minRows={1} value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" disabled={!isReady}>
              Save (Ctrl+Enter)
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
};

/** Why an answer is kept out: a number picks a common reason, or it is written. */
export const RejectDialog = ({ count, onClose, onReject }: { readonly count: number; readonly onClose: () => void; readonly onReject: (reason: string) => void }) => {
  const [reason, setReason] = useState('');
  const reject = () => reason.trim() !== '' && onReject(reason.trim());
  const submit = (event: FormEvent) => {
    event.preventDefault();
    reject();
  };
  const pick = (event: KeyboardEvent) => {
    const chosen = event.target instanceof HTMLTextAreaElement && reason !== '' ? undefined : REASONS[Number(event.key) - 1];
    if (chosen === undefined || event.ctrlKey || event.altKey || event.metaKey) return submitOnControlEnter(reject)(event);
    event.preventDefault();
    onReject(chosen);
  };
  return (
    <Modal opened onClose={onClose} title={count === 1 ? 'Reject the answer' : `Reject ${count} answers`} closeButtonProps={{ 'aria-label': 'Close' }}>
      <form onSubmit={submit} onKeyDown={pick}>
        <Stack gap="xs">
          <Text size="sm">The answer never comes back, and the teacher is told why. Press a number, or write a reason.</Text>
          {REASONS.map((text, place) => (
            <Button key={text} variant="default" justify="flex-start" onClick={() => onReject(text)}>
              {place + 1}. {text}
            </Button>
          ))}
          <Textarea label="Another reason" maxLength={2000} autosize minRows={2} data-autofocus value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" color="red" disabled={reason.trim() === ''}>
              Reject (Ctrl+Enter)
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
};

export const KeysDialog = ({ onClose }: { readonly onClose: () => void }) => (
  <Modal opened onClose={onClose} title="Keys" closeButtonProps={{ 'aria-label': 'Close' }}>
    <Table>
      <TableHead titles={['Key', 'What it does']} />
      <Table.Tbody>
        {Object.entries(keyActions).map(([key, { explained }]) => (
          <Table.Tr key={key}>
            <Table.Td>
              <Kbd>{key}</Kbd>
            </Table.Td>
            <Table.Td>{explained}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  </Modal>
);
