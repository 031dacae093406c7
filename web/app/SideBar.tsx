import { useLocation } from 'react-router'
import Badge from '@cloudscape-design/components/badge'
import SideNavigation from '@cloudscape-design/components/side-navigation'
import type { SideNavigationProps } from '@cloudscape-design/components/side-navigation'
import { useMay } from '../auth/permissions.ts'
import { useListAccountsQuery } from '../resources/account-endpoints.ts'
import { useAwaitingCountQuery } from '../tasks/endpoints.ts'
import { LiveIndicator } from '../live/LiveIndicator.tsx'

export const SideBar = () => {
  const { pathname } = useLocation()
  const { data: awaiting = 0 } = useAwaitingCountQuery()
  const mayReadUsers = useMay('user.read')
  const mayReadAudit = useMay('audit.read')
  const mayManageSandbox = useMay('sandbox.manage')
  const hasSandbox = useListAccountsQuery().data?.items.some(({ cloud }) => cloud === 'sandbox') ?? false
  const items: SideNavigationProps.Item[] = [
    {
      type: 'section-group',
      title: 'Operations',
      items: [
        { type: 'link', text: 'Resources', href: '/resources' },
        { type: 'link', text: 'Changes', href: '/changes' },
        { type: 'link', text: 'Findings', href: '/findings' },
        { type: 'link', text: 'Tasks', href: '/tasks' },
        {
          type: 'link',
          text: 'Approvals',
          href: '/approvals',
          ...(awaiting > 0
            ? {
                info: (
                  <Badge color="blue">
                    {awaiting}
                    <span className="visually-hidden"> awaiting approval</span>
                  </Badge>
                ),
              }
            : {}),
        },
        { type: 'link', text: 'Schedules', href: '/schedules' },
        { type: 'link', text: 'On/off plans', href: '/on-off-plans' },
        { type: 'link', text: 'Freezes', href: '/freezes' },
        { type: 'link', text: 'Dead letters', href: '/dead-letters' },
        { type: 'link', text: 'Queue', href: '/queue' },
        { type: 'link', text: 'Alerts', href: '/alerts' },
        { type: 'link', text: 'Recommendations', href: '/recommendations' },
        { type: 'link', text: 'Forecasts', href: '/forecasts' },
      ],
    },
    { type: 'divider' },
    {
      type: 'section-group',
      title: 'Administration',
      items: [
        { type: 'link', text: 'Accounts', href: '/accounts' },
        ...(mayReadUsers ? [{ type: 'link', text: 'Users', href: '/users' } as const] : []),
        { type: 'link', text: 'API tokens', href: '/tokens' },
        ...(mayReadAudit ? [{ type: 'link', text: 'Audit', href: '/audit' } as const] : []),
        ...(hasSandbox && mayManageSandbox ? [{ type: 'link', text: 'Sandbox', href: '/sandbox' } as const] : []),
      ],
    },
  ]
  return (
    <SideNavigation activeHref={`/${pathname.split('/')[1] ?? ''}`} items={items} itemsControl={<LiveIndicator />} />
  )
}
