import { Anchor, Group } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import type { ReviewProgress } from '@ratchet/console-api';
import { useQuery } from '@tanstack/react-query';
import { Link, useSearchParams } from 'react-router';
import { useCaller, useMay } from '../../api/caller';
import { read } from '../../api/request';
import { Answer } from '../../components/answer';
import { PageTitle } from '../../components/page-title';
import { ProgressView } from './progress-view';
import { QueueFiltersView } from './queue-filters';
import { ReviewDesk } from './review-desk';
import type { QueueFilters } from './use-review-session';

const NAMES = ['model', 'workload', 'opportunity', 'source', 'confidenceFrom', 'confidenceTo'] as const;

/** What waits for a person, and what they say of it. */
const ReviewsPage = () => {
  const { data: caller } = useCaller();
  const mayReview = useMay('reviewer');
  const [parameters, setParameters] = useSearchParams();
  const [hasKeys, setHasKeys] = useLocalStorage({ key: 'ratchet-review-keys', defaultValue: true, getInitialValueInEffect: false });
  const progress = useQuery({ queryKey: ['reviews', 'progress'], queryFn: () => read<ReviewProgress>('/api/reviews/progress') });
  const filters = Object.fromEntries(NAMES.map((name) => [name, parameters.get(name) ?? undefined])) as QueueFilters;
  const change = (changed: Partial<QueueFilters>) =>
    setParameters(Object.fromEntries(Object.entries({ ...filters, ...changed }).filter((entry): entry is [string, string] => entry[1] !== undefined)));
  return (
    <>
      <PageTitle title="Review">
        <Group>
          <Anchor component={Link} to="/reviews/items" underline="always" size="sm">
            All items
          </Anchor>
        </Group>
      </PageTitle>
      <Answer of={progress}>
        {(shown) => (
          <>
            <ProgressView progress={shown} />
            <QueueFiltersView filters={filters} targets={shown.targets} hasKeys={hasKeys} onChange={change} onKeys={setHasKeys} />
          </>
        )}
      </Answer>
      {caller && <ReviewDesk key={JSON.stringify(filters)} reviewer={caller.name} mayReview={mayReview} filters={filters} hasKeys={hasKeys} />}
    </>
  );
};
export default ReviewsPage;
