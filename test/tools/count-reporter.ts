/** Writes `N passed, N failed, N skipped` of a whole run to the file that TENANTRY_TEST_COUNTS names. A file that could not be run is one failure. */
import { writeFileSync } from 'node:fs'
import type { Reporter, SerializedError, TestModule } from 'vitest/node'

export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    const counts = { passed: 0, failed: unhandledErrors.length, skipped: 0 }
    for (const module of modules) {
      if (module.errors().length > 0) counts.failed += 1
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        if (state === 'pending') counts.failed += 1
        else counts[state] += 1
      }
    }
    const { passed, failed, skipped } = counts
    writeFileSync(
      process.env['TENANTRY_TEST_COUNTS'] ?? '',
      `${passed} passed, ${failed} failed, ${skipped} skipped\n`,
    )
  }
}
