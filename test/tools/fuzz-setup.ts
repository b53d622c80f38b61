/** Makes every property test of a `npm run fuzz` try TENANTRY_FUZZ_RUNS cases where it does not say a number itself. */
import { configureGlobal } from 'fast-check'

configureGlobal({ numRuns: Number(process.env['TENANTRY_FUZZ_RUNS']) })
