import { Box, Grid, Stack, Title } from '@mantine/core';
import type { Lag } from '@ratchet/console-api';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { homeQuery } from '../../api/home';
import { useRates } from '../../api/live';
import { read } from '../../api/request';
import { Answer } from '../../components/answer';
import { PageTitle } from '../../components/page-title';
import { LagTable } from './lag-table';
import { arrowsOf } from './loop-facts';
import { LoopPicture, LoopTable } from './loop-picture';
import { NeedsList } from './needs-list';
import { RatesChart } from './rates-chart';

/** Lags are no event: they are asked for while the page is open. */
const LAG_EVERY_MS = 5_000;

const Part = ({ title, children }: { readonly title: string; readonly children: ReactNode }) => (
  <Stack component="section" gap="sm" aria-label={title}>
    <Title order={2} size="h4">
      {title}
    </Title>
    {children}
  </Stack>
);

const HomePage = () => {
  const home = useQuery(homeQuery);
  const lag = useQuery({ queryKey: ['lag'], queryFn: () => read<Lag>('/api/lag'), refetchInterval: LAG_EVERY_MS });
  const rates = useRates();
  return (
    <>
      <PageTitle title="Home" />
      <Answer of={home}>
        {({ loop, needs }) => (
          <Grid gap="lg">
            <Grid.Col span={{ base: 12, lg: 8 }} order={{ base: 2, lg: 1 }}>
              <Stack gap="lg">
                <Part title="The loop now">
                  <Box visibleFrom="sm">
                    <LoopPicture arrows={arrowsOf(loop, rates)} lag={lag.data} />
                  </Box>
                  <Box hiddenFrom="sm">
                    <LoopTable arrows={arrowsOf(loop, rates)} lag={lag.data} />
                  </Box>
                </Part>
                <Part title="Failure rate by version">
                  <RatesChart targets={loop.targets} />
                </Part>
              </Stack>
            </Grid.Col>
            <Grid.Col span={{ base: 12, lg: 4 }} order={{ base: 1, lg: 2 }}>
              <Stack gap="lg">
                <Part title="Needs a person">
                  <NeedsList needs={needs} />
                </Part>
                <Part title="Lag of the services">
                  <Answer of={lag}>{(data) => <LagTable lag={data} />}</Answer>
                </Part>
              </Stack>
            </Grid.Col>
          </Grid>
        )}
      </Answer>
    </>
  );
};
export default HomePage;
