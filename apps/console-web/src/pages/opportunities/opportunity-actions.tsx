import { Button, Group, NativeSelect } from '@mantine/core';
import { type OpportunityDetail, rootCauses } from '@ratchet/console-api';
import { useState } from 'react';
import { useMay } from '../../api/caller';
import { useCommand } from '../../api/command';
import { ReasonDialog } from '../../components/reason-dialog';
import { words } from '../../components/format';

/** What a person may say of a cluster: another root cause, or that it is none. */
export const OpportunityActions = ({ of: { opportunity, closed } }: { readonly of: OpportunityDetail }) => {
  const [rootCause, setRootCause] = useState<(typeof rootCauses)[number]>(opportunity.rootCause);
  const [asking, setAsking] = useState<'diagnose' | 'dismiss'>();
  const command = useCommand();
  if (!useMay('operator') || closed) return null;
  const { model, workload, opportunityId } = opportunity;
  const confirm = (reason: string): void =>
    command.mutate(asking === 'diagnose' ? { name: 'opportunity.diagnose', model, workload, reason, opportunityId, rootCause } : { name: 'opportunity.dismiss', model, workload, reason, opportunityId });
  return (
    <Group align="flex-end" mt="md">
      <NativeSelect label="Root cause" value={rootCause} onChange={(event) => setRootCause(event.currentTarget.value as typeof rootCause)} data={rootCauses.map((value) => ({ value, label: words(value) }))} />
      <Button variant="default" onClick={() => setAsking('diagnose')}>
        Set root cause
      </Button>
      <Button variant="default" onClick={() => setAsking('dismiss')}>
        Dismiss
      </Button>
      {command.isSuccess && <span role="status">Ordered; the next analysis obeys it.</span>}
      <ReasonDialog
        opened={asking !== undefined}
        title={asking === 'diagnose' ? `Root cause: ${words(rootCause)}` : 'Dismiss this cluster'}
        explanation={asking === 'diagnose' ? 'Your word stands in every later analysis, and decides which kind of fix is made.' : 'No fix will be made of it. Its failures stay on the record.'}
        confirm={asking === 'diagnose' ? 'Set root cause' : 'Dismiss'}
        onClose={() => setAsking(undefined)}
        onConfirm={confirm}
      />
    </Group>
  );
};
