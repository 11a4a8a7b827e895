import { notifications } from '@mantine/notifications';
import type { CommandOrder } from '@ratchet/console-api';
import { useMutation } from '@tanstack/react-query';
import { send } from './request';

/** Orders something; what comes of it is seen when its events arrive. */
export const useCommand = () =>
  useMutation({
    mutationFn: (order: CommandOrder) => send<{ commandId: string }>('POST', '/api/commands', order),
    onError: (error) => notifications.show({ color: 'red', title: 'Not done', message: error.message }),
  });
