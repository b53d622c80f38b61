/**
 * How many cases property tests try, and which. A test run always tries the same ones, so that a commit passes or fails for good; `npm run fuzz` tries
 * TENANTRY_FUZZ_RUNS others each time where a test does not say a number itself.
 */
import { configureGlobal } from 'fast-check'

const fuzzRuns = process.env['TENANTRY_FUZZ_RUNS']

configureGlobal(fuzzRuns === undefined ? { seed: 4712 } : { numRuns: Number(fuzzRuns) })
