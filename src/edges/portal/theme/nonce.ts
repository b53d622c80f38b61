/**
 * The nonce that this copy of the page was served with. Style sheets made at run time (Mantine's
 * variables, the scroll lock of dialogs) must carry it, or the content security policy refuses
 * them.
 */
declare global {
  interface Window {
    /** Where react-remove-scroll's style maker looks for the nonce. */
    __webpack_nonce__?: string
  }
}

/** Reads the nonce from the page's `csp-nonce` tag and makes it known to the libraries that look
 *  for it globally. */
export function readNonce(): string {
  const nonce =
    document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.getAttribute('content') ?? ''
  window.__webpack_nonce__ = nonce
  return nonce
}
