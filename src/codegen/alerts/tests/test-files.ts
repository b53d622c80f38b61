/** The test of every rule file that there is one of. */
import type { SloSpec } from '../../../domain/slo/model/slo-spec.ts'
import type { CodegenInput } from '../../input.ts'
import { countedSlos, fallbackSlos, referenceOf } from '../rule-files.ts'
import { readingOf } from '../reading.ts'
import { fallbackTests } from './fallback-tests.ts'
import { testFileOf, type RuleTest } from './promtool.ts'
import { selfTests } from './self-tests.ts'
import { sloTests } from './slo-tests.ts'
import { staleTests, tenantTests } from './tenant-tests.ts'

export interface TestFile {
  /** The rule file that it tests. */
  readonly name: string
  readonly content: unknown
}

/**
 * Makes the tests. Without one are rules that count series of somebody else, or the platform's:
 * what these are called is known, what they count is not.
 */
export function testFiles(input: CodegenInput): TestFile[] {
  const { slos, options } = input
  const all = countedSlos(slos, readingOf(options)).counted
  const counted = all.map(({ spec }) => spec)
  const reference = referenceOf(all)
  const file = (
    name: string,
    others: readonly string[],
    tests: readonly RuleTest[],
  ): TestFile[] => {
    if (tests.length === 0) return []
    const content = testFileOf([...others, name].map((one) => `${one}.rules.yaml`), tests)
    return [{ name, content }]
  }
  const isOwn = options.reads === 'tenantry'
  const [first] = counted
  const stale = isOwn && reference !== undefined ? staleTests(reference) : []
  const [fallback] = fallbackSlos(input).filter(isOfRequests)
  return [
    ...(first === undefined
      ? []
      : file('tenants', stale.length === 0 ? [] : [reference!.sloId], [
          ...tenantTests(first),
          ...stale,
        ])),
    ...(isOwn ? counted.flatMap((spec) => file(spec.sloId, ['tenants'], sloTests(spec))) : []),
    ...(fallback === undefined
      ? []
      : file('fallback', ['tenants'], fallbackTests(fallback.sloId, options.platform))),
    ...file('tenantry', [], selfTests()),
  ]
}

/** Worked: the error rate; not a latency, whose buckets are not told here. */
function isOfRequests({ indicator }: SloSpec): boolean {
  return indicator.kind === 'event-ratio' && indicator.bad?.signal === 'requests'
}
