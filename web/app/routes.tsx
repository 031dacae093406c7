import { createBrowserRouter, redirect } from 'react-router'
import { shortId } from '../design/words.ts'
import type { Crumb } from './Breadcrumbs.tsx'
import { Frame } from './Frame.tsx'
import { NotFoundPage } from './NotFoundPage.tsx'
import { PageLoading } from './PageLoading.tsx'
import { RouteFailure } from './RouteFailure.tsx'

const crumb = (text: Crumb['crumb']): Crumb => ({ crumb: text })

/** Every page of the console. Each is a chunk of its own, loaded when it is first opened. */
export const createRouter = () =>
  createBrowserRouter([
    {
      path: '/',
      Component: Frame,
      HydrateFallback: PageLoading,
      ErrorBoundary: RouteFailure,
      children: [
        { index: true, loader: () => redirect('/resources') },
        {
          path: 'resources',
          handle: crumb('Resources'),
          children: [
            {
              index: true,
              lazy: async () => ({ Component: (await import('../resources/ResourcesPage.tsx')).ResourcesPage }),
            },
            {
              path: ':id',
              handle: crumb(({ id }) => shortId(id ?? '')),
              lazy: async () => ({ Component: (await import('../resources/ResourcePage.tsx')).ResourcePage }),
            },
          ],
        },
        {
          path: 'changes',
          handle: crumb('Changes'),
          lazy: async () => ({ Component: (await import('../history/ChangesPage.tsx')).ChangesPage }),
        },
        {
          path: 'findings',
          handle: crumb('Findings'),
          lazy: async () => ({ Component: (await import('../history/FindingsPage.tsx')).FindingsPage }),
        },
        {
          path: 'tasks',
          handle: crumb('Tasks'),
          children: [
            { index: true, lazy: async () => ({ Component: (await import('../tasks/TasksPage.tsx')).TasksPage }) },
            {
              path: 'new',
              handle: crumb('New task'),
              lazy: async () => ({ Component: (await import('../tasks/NewTaskPage.tsx')).NewTaskPage }),
            },
            {
              path: ':id',
              handle: crumb(({ id }) => `Task ${(id ?? '').slice(0, 8)}`),
              lazy: async () => ({ Component: (await import('../tasks/TaskPage.tsx')).TaskPage }),
            },
          ],
        },
        {
          path: 'plans/:hash',
          handle: crumb('Plan'),
          lazy: async () => ({ Component: (await import('../tasks/PlanPage.tsx')).PlanPage }),
        },
        {
          path: 'schedules',
          handle: crumb('Schedules'),
          children: [
            {
              index: true,
              lazy: async () => ({ Component: (await import('../schedules/SchedulesPage.tsx')).SchedulesPage }),
            },
            {
              path: 'new',
              handle: crumb('New schedule'),
              lazy: async () => ({ Component: (await import('../schedules/ScheduleFormPage.tsx')).ScheduleFormPage }),
            },
            {
              path: ':id',
              handle: crumb(({ id }) => `Schedule ${(id ?? '').slice(0, 8)}`),
              lazy: async () => ({ Component: (await import('../schedules/SchedulePage.tsx')).SchedulePage }),
            },
            {
              path: ':id/edit',
              handle: crumb('Change'),
              lazy: async () => ({ Component: (await import('../schedules/ScheduleFormPage.tsx')).ScheduleFormPage }),
            },
          ],
        },
        {
          path: 'on-off-plans',
          handle: crumb('On/off plans'),
          children: [
            {
              index: true,
              lazy: async () => ({ Component: (await import('../on-off/OnOffPlansPage.tsx')).OnOffPlansPage }),
            },
            {
              path: 'new',
              handle: crumb('New on/off plan'),
              lazy: async () => ({ Component: (await import('../on-off/OnOffFormPage.tsx')).OnOffFormPage }),
            },
            {
              path: ':id/edit',
              handle: crumb('Change'),
              lazy: async () => ({ Component: (await import('../on-off/OnOffFormPage.tsx')).OnOffFormPage }),
            },
          ],
        },
        {
          path: 'dead-letters',
          handle: crumb('Dead letters'),
          children: [
            {
              index: true,
              lazy: async () => ({ Component: (await import('../dead-letters/DeadLettersPage.tsx')).DeadLettersPage }),
            },
            {
              path: ':id',
              handle: crumb(({ id }) => (id ?? '').slice(0, 8)),
              lazy: async () => ({ Component: (await import('../dead-letters/DeadLetterPage.tsx')).DeadLetterPage }),
            },
          ],
        },
        {
          path: 'approvals',
          handle: crumb('Approvals'),
          lazy: async () => ({ Component: (await import('../tasks/ApprovalsPage.tsx')).ApprovalsPage }),
        },
        {
          path: 'freezes',
          handle: crumb('Freezes'),
          lazy: async () => ({ Component: (await import('../freezes/FreezesPage.tsx')).FreezesPage }),
        },
        {
          path: 'queue',
          handle: crumb('Queue'),
          lazy: async () => ({ Component: (await import('../tasks/QueuePage.tsx')).QueuePage }),
        },
        {
          path: 'alerts',
          handle: crumb('Alerts'),
          lazy: async () => ({ Component: (await import('../monitoring/AlertsPage.tsx')).AlertsPage }),
        },
        {
          path: 'channels/:id',
          handle: crumb('Deliveries'),
          lazy: async () => ({ Component: (await import('../monitoring/ChannelPage.tsx')).ChannelPage }),
        },
        {
          path: 'accounts',
          handle: crumb('Accounts'),
          lazy: async () => ({ Component: (await import('../resources/AccountsPage.tsx')).AccountsPage }),
        },
        {
          path: 'forecasts',
          handle: crumb('Forecasts'),
          lazy: async () => ({ Component: (await import('../ai/ForecastsPage.tsx')).ForecastsPage }),
        },
        {
          path: 'recommendations',
          handle: crumb('Recommendations'),
          lazy: async () => ({ Component: (await import('../ai/RecommendationsPage.tsx')).RecommendationsPage }),
        },
        {
          path: 'sandbox',
          handle: crumb('Sandbox'),
          lazy: async () => ({ Component: (await import('../sandbox/SandboxPage.tsx')).SandboxPage }),
        },
        {
          path: 'users',
          handle: crumb('Users'),
          lazy: async () => ({ Component: (await import('../security/UsersPage.tsx')).UsersPage }),
        },
        {
          path: 'audit',
          handle: crumb('Audit'),
          lazy: async () => ({ Component: (await import('../security/AuditPage.tsx')).AuditPage }),
        },
        {
          path: 'tokens',
          handle: crumb('API tokens'),
          lazy: async () => ({ Component: (await import('../auth/TokensPage.tsx')).TokensPage }),
        },
        {
          path: 'sessions',
          handle: crumb('My sessions'),
          lazy: async () => ({ Component: (await import('../auth/SessionsPage.tsx')).SessionsPage }),
        },
        {
          path: 'password',
          handle: crumb('Change password'),
          lazy: async () => ({ Component: (await import('../auth/PasswordPage.tsx')).PasswordPage }),
        },
        { path: '*', handle: crumb('Not found'), Component: NotFoundPage },
      ],
    },
  ])
