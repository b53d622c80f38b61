/**
 * Where our reader of the text format and promtool differ: each row holds only for bodies that show
 * its cause. README.md has the sentences of the format's description.
 */
import type { Reading } from './reading.ts'

export interface TextCase {
  readonly body: string
  readonly ours: Reading
  /** Undefined where promtool accepts the body. */
  readonly promtool: string | undefined
}

/** What we and promtool take and Prometheus does not, or takes for something else. */
export function prometheusDifference(body: string, isUp: boolean): string | undefined {
  if (!isUp && /[ \t][+-]\d+[ \t]*$/m.test(body)) return 'signs of timestamps'
  return isUp && /^[ \t]+[^ \t\n#]/m.test(body) ? 'blanks before a name' : undefined
}

export const TEXT_DIFFERENCES: Readonly<Record<string, (given: TextCase) => boolean>> = {
  'blanks at the end of a line': ({ body, promtool }) =>
    promtool?.includes('expected integer as timestamp, got ""') === true && /[ \t]$/m.test(body),
  'metadata without what belongs to them': ({ body, ours }) =>
    ours.error !== undefined && /^[ \t]*#[ \t]*(?:HELP|TYPE(?:[ \t]+\S+)?)[ \t]*$/m.test(body),
  'a second HELP line': ({ ours }) => ours.error?.includes('a second HELP line') === true,
  'buckets before their TYPE line': ({ body, ours }) =>
    ours.error?.includes('must be a number') === true &&
    /^[{"\s]*(\w+)_bucket[^]*^[ \t]*#[ \t]*TYPE[ \t]+\1[ \t]/m.test(body),
  'names in quotes': ({ body, promtool }) =>
    /invalid (?:label|metric) name/.test(promtool ?? '') && /[{,][ \t]*"[^"]+"/.test(body),
  'something right behind a name': ({ ours }) =>
    ours.error?.includes('expected a blank and a value') === true,
  'blanks without a line feed': ({ body, ours }) =>
    ours.error !== undefined && /(?:^|\n)[ \t]+$/.test(body),
}
