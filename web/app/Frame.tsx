import { Suspense, useEffect, useState } from 'react'
import { Outlet, useLocation, useNavigate, useNavigation } from 'react-router'
import AppLayoutToolbar from '@cloudscape-design/components/app-layout-toolbar'
import ErrorBoundary from '@cloudscape-design/components/error-boundary'
import { isNarrow } from '../design/use-is-narrow.ts'
import { LiveProvider, useLiveTopic } from '../live/LiveProvider.tsx'
import { Breadcrumbs } from './Breadcrumbs.tsx'
import { Environment } from './Environment.tsx'
import { interceptLinks } from './links.ts'
import { Notices } from './Notices.tsx'
import { OfflineAlert } from './OfflineAlert.tsx'
import { PageLoading } from './PageLoading.tsx'
import { SideBar } from './SideBar.tsx'
import { TopBar } from './TopBar.tsx'

const labels = {
  navigation: 'Side navigation',
  navigationToggle: 'Open the side navigation',
  navigationClose: 'Close the side navigation',
  notifications: 'Notifications',
}

/** What is around every page of a signed-in user. */
export const Frame = () => (
  <LiveProvider>
    <FrameWithin />
  </LiveProvider>
)

const FrameWithin = () => {
  useLiveTopic('tasks')
  useLiveTopic('alerts')
  const navigate = useNavigate()
  const { pathname } = useLocation()
  const isLoading = useNavigation().state === 'loading'
  // Where it covers the page, the side navigation starts closed and closes after a choice.
  const [isOpen, setOpen] = useState(() => !isNarrow())
  useEffect(() => interceptLinks((to) => void navigate(to)), [navigate])
  useEffect(() => {
    if (isNarrow()) setOpen(false)
  }, [pathname])
  return (
    <>
      <div id="top-bar">
        <Environment />
        <TopBar />
      </div>
      <AppLayoutToolbar
        headerSelector="#top-bar"
        ariaLabels={labels}
        navigation={<SideBar />}
        navigationOpen={isOpen}
        onNavigationChange={({ detail }) => setOpen(detail.open)}
        navigationWidth={240}
        toolsHide
        breadcrumbs={<Breadcrumbs />}
        notifications={
          <>
            <OfflineAlert />
            <Notices />
          </>
        }
        stickyNotifications
        content={
          <div aria-busy={isLoading}>
            <ErrorBoundary key={pathname} onError={({ error }) => console.error(error)}>
              <Suspense fallback={<PageLoading />}>
                <Outlet />
              </Suspense>
            </ErrorBoundary>
          </div>
        }
      />
    </>
  )
}
