/**
 * Where our reader of the text format and promtool differ: each row holds only for bodies that show
 * its cause. README.md has the sentences of the format's description.
 */
import { parseNumber } from '../../src/machinery/wire/number-text.ts'
import type { Reading } from './reading.ts'
import type { ScrapedPage } from './text-peers.ts'

export interface TextCase {
  readonly body: string
  readonly ours: Reading
  /** Undefined where promtool accepts the body. */
  readonly promtool: string | undefined
}

/** What we and promtool take and Prometheus does not, or takes for something else. */
export function prometheusDifference(body: string, page: ScrapedPage): string | undefined {
  const { up: isUp, error } = page
  if (!isUp && BLANKS_BEHIND_TYPE.test(body) && /invalid metric type "\w+(?: |\\t)+"/.test(error)) {
    return 'blanks behind a type'
  }
  if (!isUp && /[ \t][+-]\d+[ \t]*$/m.test(body)) return 'signs of timestamps'
  return isUp && /^[ \t]+[^ \t\n#]/m.test(body) ? 'blanks before a name' : undefined
}

const BLANKS_BEHIND_TYPE = /^[ \t]*#[ \t]*TYPE[ \t]+\S+[ \t]+\w+[ \t]+$/m

/** No verdict: it falls over the labels of a histogram or a summary whose name is in braces. */
export function isPanic({ body, promtool }: TextCase): boolean {
  const isKnown = promtool === 'panic: assignment to entry in nil map'
  return isKnown && /\{[ \t]*"[^"]+"/.test(body) && /TYPE.*(?:histogram|summary)/.test(body)
}

export const TEXT_DIFFERENCES: Readonly<Record<string, (given: TextCase) => boolean>> = {
  'blanks at the end of a line': ({ body, promtool }) =>
    promtool?.includes('expected integer as timestamp, got ""') === true && /[ \t]$/m.test(body),
  'blanks behind a type': ({ body, promtool }) =>
    /unknown metric type "\w+(?: |\\t)+"/.test(promtool ?? '') && BLANKS_BEHIND_TYPE.test(body),
  'a backslash behind a type': ({ body, ours }) =>
    ours.error?.includes('expected counter, gauge') === true &&
    /^[ \t]*#[ \t]*TYPE[ \t]+\S+[ \t]+\w+\\$/m.test(body),
  'metadata without what belongs to them': ({ body, ours }) =>
    ours.error !== undefined && /^[ \t]*#[ \t]*(?:HELP|TYPE(?:[ \t]+\S+)?)[ \t]*$/m.test(body),
  'a second HELP line': ({ ours }) => ours.error?.includes('a second HELP line') === true,
  'a bound that is given twice': ({ ours, promtool }) =>
    promtool === undefined && /label "(?:le|quantile)" is given twice/.test(ours.error ?? ''),
  'buckets before their TYPE line': ({ body, ours }) =>
    ours.error?.includes('must be a number') === true &&
    /^[{"\s]*(\w+)_bucket[^]*^[ \t]*#[ \t]*TYPE[ \t]+\1[ \t]/m.test(body),
  'names in quotes': ({ body, promtool }) =>
    /invalid (?:label|metric) name/.test(promtool ?? '') && /[{,][ \t]*"[^"]+"/.test(body),
  'something right behind a name': ({ ours }) =>
    ours.error?.includes('expected a blank and a value') === true,
  'bounds of what has none': ({ body, ours, promtool }) =>
    promtool?.includes("expected float as value for '") === true && hasIdleBound(body, ours),
  'negative counts of histograms': ({ ours, promtool }) => {
    const [, family] =
      /negative (?:bucket population|count) for histogram "(.*)"/.exec(promtool ?? '') ?? []
    return family !== undefined && hasNegativeCount(family, ours)
  },
  'blanks without a line feed': ({ body, ours }) =>
    ours.error !== undefined && /(?:^|\n)[ \t]+$/.test(body),
}

/** What promtool reads as a bound in every sample of a family, and of which samples it is none. */
const IDLE_BOUNDS = [
  { type: 'summary', label: 'quantile', suffixes: ['_sum', '_count'] },
  { type: 'histogram', label: 'le', suffixes: ['', '_sum', '_count'] },
]

/** Tells whether a sample that bounds nothing has such a label all the same, and no number in it. */
function hasIdleBound(body: string, { samples }: Reading): boolean {
  return IDLE_BOUNDS.some(({ type, label, suffixes }) => {
    const line = new RegExp(`^[ \\t]*#[ \\t]*TYPE[ \\t]+(\\S+)[ \\t]+${type}[ \\t]*$`, 'gm')
    const families = Array.from(body.matchAll(line), ([, family = '']) => family)
    const names = new Set(families.flatMap((family) => suffixes.map((suffix) => family + suffix)))
    return samples.some(({ labels }) => {
      const bound = labels.get(label)
      const isNamed = names.has(labels.get('__name__') ?? '')
      return isNamed && bound !== undefined && parseNumber(bound) === undefined
    })
  })
}

function hasNegativeCount(family: string, { samples }: Reading): boolean {
  return samples.some(({ labels, value }) => {
    const suffix = (labels.get('__name__') ?? '').slice(family.length)
    const isFamily = labels.get('__name__')?.startsWith(family) === true
    const isCount = suffix === '_count' || (labels.has('le') && ['', '_bucket'].includes(suffix))
    return isFamily && isCount && value < 0
  })
}
