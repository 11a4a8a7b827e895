import type { Home } from '@ratchet/console-api';
import { queryOptions } from '@tanstack/react-query';
import { read } from './request';

/** The state of the loop, and what waits for a person: of the home page, and of the navigation on every page. */
export const homeQuery = queryOptions({ queryKey: ['home'], queryFn: () => read<Home>('/api/home') });
