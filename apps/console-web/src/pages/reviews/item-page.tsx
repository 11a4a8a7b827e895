import { Button, Group } from '@mantine/core';
import type { ShownReview } from '@ratchet/console-api';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useParams } from 'react-router';
import { useCaller, useMay } from '../../api/caller';
import { useCommand } from '../../api/command';
import { read } from '../../api/request';
import { Answer } from '../../components/answer';
import { PageTitle } from '../../components/page-title';
import { ReasonDialog } from '../../components/reason-dialog';
import { ItemView } from './item-view';

/** A reviewer's own decision can be taken back; so can, by rejecting it, what was accepted without a person. */
const TakeBack = ({ item, reviewer }: { readonly item: ShownReview; readonly reviewer: string }) => {
  const [opened, setOpened] = useState(false);
  const { mutate } = useCommand();
  const isOwn = item.decisions.some((decision) => decision.reviewer === reviewer);
  const isAutomatic = item.state === 'approved' && item.decisions.length === 0;
  if (!isOwn && !isAutomatic) return null;
  const { model, workload, exampleId } = item;
  return (
    <Group mb="sm">
      <Button variant="default" onClick={() => setOpened(true)}>
        {isOwn ? 'Take my decision back' : 'Reject what was accepted'}
      </Button>
      <ReasonDialog
        opened={opened}
        title={isOwn ? 'Take my decision back' : 'Reject what was accepted'}
        explanation={isOwn ? 'It is refused where the answer is in a dataset by now; the item then says so.' : 'It was accepted without a person. No later dataset has it.'}
        confirm={isOwn ? 'Take back' : 'Reject'}
        onClose={() => setOpened(false)}
        onConfirm={(reason) => mutate({ name: isOwn ? 'review.reopen' : 'review.reject', model, workload, reason, exampleIds: [exampleId] })}
      />
    </Group>
  );
};

const Refusals = ({ item }: { readonly item: ShownReview }) => (
  <ul>
    {item.refusals?.map(({ reviewer, command, code, refusedAt }) => (
      <li key={`${reviewer} ${command} ${refusedAt}`}>
        {`${command} of ${reviewer} was refused at ${refusedAt}: ${code.replaceAll('_', ' ')}`}
      </li>
    ))}
  </ul>
);

/** One item, with all that was decided on it. */
const ItemPage = () => {
  const { id = '' } = useParams();
  const { data: caller } = useCaller();
  const mayReview = useMay('reviewer');
  const item = useQuery({ queryKey: ['reviews', 'item', id], queryFn: () => read<ShownReview>(`/api/reviews/${encodeURIComponent(id)}`) });
  return (
    <>
      <PageTitle title="Review item" />
      <Answer of={item}>
        {(shown) => (
          <>
            {mayReview && caller && <TakeBack item={shown} reviewer={caller.name} />}
            <ItemView item={shown} reviewer={caller?.name ?? ''} />
            <Refusals item={shown} />
          </>
        )}
      </Answer>
    </>
  );
};
export default ItemPage;
