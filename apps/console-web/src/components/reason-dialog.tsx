import { Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useState, type FormEvent } from 'react';

interface ReasonDialogProps {
  readonly opened: boolean;
  readonly title: string;
  /** What will happen. */
  readonly explanation: string;
  readonly confirm: string;
  readonly isDangerous?: boolean;
  readonly onClose: () => void;
  readonly onConfirm: (reason: string) => void;
}

/** Nobody orders anything without saying why. */
export const ReasonDialog = ({ opened, title, explanation, confirm, isDangerous = false, onClose, onConfirm }: ReasonDialogProps) => {
  const [reason, setReason] = useState('');
  // At night it is a telephone: the whole screen, and buttons that a thumb finds.
  const isNarrow = useMediaQuery('(max-width: 30em)', false, { getInitialValueInEffect: false });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onConfirm(reason.trim());
    setReason('');
    onClose();
  };
  return (
    <Modal opened={opened} onClose={onClose} title={title} fullScreen={isNarrow} closeButtonProps={{ 'aria-label': 'Close' }}>
      <form onSubmit={submit}>
        <Stack>
          <Text size="sm">{explanation}</Text>
          <Textarea size={isNarrow ? 'md' : 'sm'} label="Reason" description="It is put on the record." required maxLength={2000} autosize minRows={2} data-autofocus value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
          <Group justify="flex-end" grow={isNarrow}>
            <Button variant="default" size={isNarrow ? 'md' : 'sm'} onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" size={isNarrow ? 'md' : 'sm'} {...(isDangerous && { color: 'red' })} disabled={reason.trim() === ''}>
              {confirm}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
};
