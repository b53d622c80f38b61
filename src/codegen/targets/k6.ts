/** What load tests measure tenants by, as a module that k6 scripts import. */
import { GENERATED, type Target } from '../artefact.ts'
import { loadPromises } from '../k6/promises.ts'

export const target: Target = {
  artefacts({ slos }) {
    const text = [
      `/** ${GENERATED}`,
      ' *  What each tier is promised. Units: ratios of requests, milliseconds, requests a second. */',
      `export const PROMISES = ${literal(loadPromises(slos), '')} as const`,
      '',
    ]
    return [{ path: 'loadtests/lib/thresholds.ts', text: text.join('\n') }]
  },
}

type Plain = number | null | { readonly [key: string]: Plain }

/** Writes numbers and objects of them as the code's formatter would. */
function literal(value: Plain, indent: string): string {
  if (value === null || typeof value === 'number') return String(value)
  const inner = `${indent}  `
  const fields = Object.entries(value).map(
    ([key, field]) => `${inner}${key}: ${literal(field, inner)},\n`,
  )
  return `{\n${fields.join('')}${indent}}`
}
