import { ActionIcon, AppShell, Burger, Group, NavLink, ScrollArea, Text, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { Link, useLocation } from 'react-router';
import { pages } from '../pages/pages';
import { CallerMenu } from './caller-menu';
import { LiveMark } from './live-mark';
import { NeedsBadge } from './needs-badge';

const ColorSchemeButton = () => {
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light');
  const other = scheme === 'light' ? 'dark' : 'light';
  return (
    <ActionIcon variant="default" size="lg" onClick={() => setColorScheme(other)} aria-label={`Use ${other} colours`}>
      {scheme === 'light' ? '☾' : '☀'}
    </ActionIcon>
  );
};

/** Header, navigation and the place of the page. */
export const Shell = ({ children }: { readonly children: ReactNode }) => {
  const [opened, { toggle, close }] = useDisclosure();
  const { pathname } = useLocation();
  const isAt = (path: string): boolean => (path === '/' ? pathname === '/' : pathname === path || pathname.startsWith(`${path}/`));
  return (
    <AppShell header={{ height: 52 }} navbar={{ width: 200, breakpoint: 'sm', collapsed: { mobile: !opened } }} padding="md">
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group wrap="nowrap" gap="sm">
            <Burger opened={opened} onClick={toggle} hiddenFrom="sm" size="sm" aria-label="Navigation" />
            <Text fw={700}>Ratchet</Text>
          </Group>
          <Group wrap="nowrap" gap="sm">
            <LiveMark />
            <CallerMenu />
            <ColorSchemeButton />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label="Pages">
        <ScrollArea>
          {pages.filter(({ label }) => label !== undefined).map(({ path, label }) => (
            <NavLink key={path} component={Link} to={path} label={label} active={isAt(path)} {...(isAt(path) && { 'aria-current': 'page' as const })} {...(path === '/' && { rightSection: <NeedsBadge /> })} onClick={close} />
          ))}
        </ScrollArea>
      </AppShell.Navbar>
      <AppShell.Main>{children}</AppShell.Main>
    </AppShell>
  );
};
