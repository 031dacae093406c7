import { useEffect } from 'react'
import { useMatches } from 'react-router'
import BreadcrumbGroup from '@cloudscape-design/components/breadcrumb-group'

/** What a route says about its place: its own name, made of the parameters where it has any. */
export type Crumb = { crumb: string | ((params: Record<string, string | undefined>) => string) }

const hasCrumb = (handle: unknown): handle is Crumb =>
  typeof handle === 'object' && handle !== null && 'crumb' in handle

/** The way to this page, which also gives the window its title. */
export const Breadcrumbs = () => {
  const crumbs = useMatches().flatMap(({ handle, pathname, params }) =>
    hasCrumb(handle)
      ? [{ text: typeof handle.crumb === 'string' ? handle.crumb : handle.crumb(params), href: pathname }]
      : [],
  )
  const title = crumbs.at(-1)?.text
  useEffect(() => {
    document.title = title === undefined ? 'AWS Orchestrator' : `${title} | AWS Orchestrator`
  }, [title])
  return <BreadcrumbGroup ariaLabel="Breadcrumbs" items={[{ text: 'AWS Orchestrator', href: '/' }, ...crumbs]} />
}
