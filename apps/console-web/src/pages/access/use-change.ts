import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { send } from '../../api/request';

interface Change {
  readonly method: 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: object;
}

/** Changes something about who has access, and reads all of it anew. */
export const useChange = () => {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ method, path, body }: Change) => send(method, path, body),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['access'] }),
    onError: (error) => notifications.show({ color: 'red', title: 'Not done', message: error.message }),
  });
};
