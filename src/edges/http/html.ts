/**
 * The few pages that the server makes itself: plain, without anything from elsewhere, in the
 * reader's colour scheme.
 */
export interface Page {
  readonly title: string
  /** Markup. Escape what is not ours. */
  readonly body: string
  /** Of the style sheet; a page without one has none. */
  readonly nonce?: string
}

const STYLE = `
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
  body { max-width: 60rem; margin: 3rem auto; padding: 0 1rem; }
  pre { overflow-x: auto; padding: .75rem; border: 1px solid color-mix(in srgb, currentColor 25%, transparent); }
  table { border-collapse: collapse; width: 100%; }
  th, td { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0; }
  button { font: inherit; padding: .5rem 1rem; }
`

/** Writes a whole page. */
export function page({ title, body, nonce }: Page): string {
  const style = nonce === undefined ? '' : `<style nonce="${nonce}">${STYLE}</style>`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} · Tenantry</title>
${style}
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
${body}
</main>
</body>
</html>
`
}

/** Makes text safe within markup and within quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${String(character.charCodeAt(0))};`)
}
