import type { Caller, Role } from '@ratchet/console-api';
import { mayAct } from '@ratchet/console-api';
import { useQuery } from '@tanstack/react-query';
import { Problem, read } from './request';

/** Who uses the page; an error of status 401 where nobody has signed in. */
export const useCaller = () => useQuery({ queryKey: ['access', 'caller'], queryFn: () => read<Caller>('/api/caller'), retry: false });

/** Whether an error says that nobody has signed in, or no longer. */
export const isSignedOut = (error: unknown): boolean => error instanceof Problem && error.status === 401;

/** Whether they may do what needs a role: buttons that would be refused are not shown. */
export const useMay = (needed: Role): boolean => {
  const { data } = useCaller();
  return data !== undefined && mayAct(data.role, needed) && (needed === 'viewer' || !data.readOnly);
};
