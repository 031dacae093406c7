/**
 * The design system renders plain links; a click on one that leads within the console must not load the page anew.
 * One listener for the whole page does for all of them what a router's own link component would do for one.
 */
export const interceptLinks = (navigate: (to: string) => void): (() => void) => {
  const onClick = (event: MouseEvent): void => {
    if (
      event.defaultPrevented ||
      event.button !== 0 ||
      event.metaKey ||
      event.ctrlKey ||
      event.shiftKey ||
      event.altKey
    )
      return
    const anchor = event.target instanceof Element ? event.target.closest('a[href]') : null
    if (!(anchor instanceof HTMLAnchorElement) || anchor.hasAttribute('download')) return
    if (anchor.origin !== location.origin || (anchor.target !== '' && anchor.target !== '_self')) return
    if (anchor.pathname.startsWith('/api/')) return
    event.preventDefault()
    // A link to "#" is a button in disguise and handled by its component.
    if (anchor.getAttribute('href') !== '#') navigate(anchor.pathname + anchor.search + anchor.hash)
  }
  document.addEventListener('click', onClick)
  return () => document.removeEventListener('click', onClick)
}
