import { defineConfig } from 'vitest/config'

/** Where the totals of a run go (`.ci/run` prints them last), and how many times more cases property tests try (`npm run fuzz`). */
const countsFile = process.env['TENANTRY_TEST_COUNTS']
const isFuzzing = process.env['TENANTRY_FUZZ_RUNS'] !== undefined

/** `unit` runs in parallel and needs nothing; the others start programs, so they come after it, one file at a time. */
export default defineConfig({
  test: {
    reporters:
      countsFile === undefined ? ['default'] : ['default', './test/tools/count-reporter.ts'],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/system/**', 'test/scripts/**', 'test/project/**', 'test/fixtures/**'],
          setupFiles: ['./test/tools/property-setup.ts'],
          testTimeout: isFuzzing ? 3_600_000 : 60_000,
          // By default a machine of two cores gets one.
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      startsPrograms('scripts', 1),
      startsPrograms('project', 2),
      startsPrograms('system', 3),
    ],
  },
})

function startsPrograms(name: string, groupOrder: number) {
  return {
    test: {
      name,
      include: [`test/${name}/**/*.test.ts`],
      fileParallelism: false,
      testTimeout: 120_000,
      hookTimeout: 180_000,
      sequence: { groupOrder },
    },
  }
}
