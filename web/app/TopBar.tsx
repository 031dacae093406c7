import { useNavigate } from 'react-router'
import TopNavigation from '@cloudscape-design/components/top-navigation'
import type { TopNavigationProps } from '@cloudscape-design/components/top-navigation'
import { useSession } from '../auth/SessionContext.tsx'
import { useUser } from '../auth/permissions.ts'
import { useOpenAlertsQuery } from '../monitoring/endpoints.ts'
import { appearanceChanged } from './appearance.ts'
import type { Theme } from './appearance.ts'
import { useAppDispatch, useAppSelector } from './store.ts'

const themes: { id: Theme; text: string }[] = [
  { id: 'system', text: 'As the system' },
  { id: 'light', text: 'Light' },
  { id: 'dark', text: 'Dark' },
]

/** Product, open alerts, appearance and the user: always in sight. */
export const TopBar = () => {
  const navigate = useNavigate()
  return (
    <TopNavigation
      identity={{ href: '/', title: 'AWS Orchestrator', logo: { src: '/favicon.svg', alt: '' } }}
      utilities={[useAlertsMenu(), useAppearanceMenu(), useUserMenu(navigate)]}
      i18nStrings={{ overflowMenuTriggerText: 'More', overflowMenuTitleText: 'All' }}
    />
  )
}

const useAlertsMenu = (): TopNavigationProps.Utility => {
  const { data } = useOpenAlertsQuery()
  const open = data?.total.value ?? 0
  const words = open === 0 ? 'No open alerts' : open === 1 ? '1 open alert' : `${open} open alerts`
  return {
    type: 'menu-dropdown',
    iconName: 'notification',
    ariaLabel: words,
    title: words,
    badge: open > 0,
    disableUtilityCollapse: true,
    items: [
      ...(data?.items.slice(0, 5).map(({ id, title, severity }) => ({
        id,
        text: title,
        secondaryText: severity,
        href: '/alerts',
        iconName: severity === 'info' ? ('status-info' as const) : ('status-warning' as const),
      })) ?? []),
      { id: 'all', text: open === 0 ? 'No open alerts. Show all' : 'Show all alerts', href: '/alerts' },
    ],
  }
}

const useAppearanceMenu = (): TopNavigationProps.Utility => {
  const dispatch = useAppDispatch()
  const { theme, density, times } = useAppSelector((state) => state.appearance)
  const toggle = (id: string, text: string, checked: boolean) => ({ id, text, itemType: 'checkbox' as const, checked })
  return {
    type: 'menu-dropdown',
    iconName: 'settings',
    ariaLabel: 'Appearance',
    title: 'Appearance',
    items: [
      { text: 'Theme', items: themes.map(({ id, text }) => toggle(id, text, theme === id)) },
      {
        text: 'Display',
        items: [toggle('compact', 'Compact', density === 'compact'), toggle('utc', 'Times in UTC', times === 'utc')],
      },
    ],
    onItemClick: ({ detail: { id } }) => {
      if (id === 'compact') dispatch(appearanceChanged({ density: density === 'compact' ? 'comfortable' : 'compact' }))
      else if (id === 'utc') dispatch(appearanceChanged({ times: times === 'utc' ? 'local' : 'utc' }))
      else dispatch(appearanceChanged({ theme: themes.find((each) => each.id === id)?.id ?? 'system' }))
    },
  }
}

const useUserMenu = (navigate: (to: string) => void): TopNavigationProps.Utility => {
  const user = useUser()
  const session = useSession()
  return {
    type: 'menu-dropdown',
    text: user?.email ?? '',
    iconName: 'user-profile',
    ariaLabel: `Signed in as ${user?.email ?? 'nobody'}`,
    description: user?.roles.join(', ') ?? '',
    items: [
      { id: 'sessions', text: 'My sessions', href: '/sessions' },
      { id: 'tokens', text: 'My API tokens', href: '/tokens' },
      { id: 'password', text: 'Change password', href: '/password' },
      {
        id: 'docs',
        text: 'API documentation',
        href: '/api/docs',
        external: true,
        externalIconAriaLabel: '(opens in a new tab)',
      },
      { id: 'sign-out', text: 'Sign out' },
    ],
    onItemClick: ({ detail }) => {
      if (detail.id !== 'sign-out') return
      void session.signOut().then(() => navigate('/'))
    },
  }
}
