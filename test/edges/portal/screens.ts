/** Takes pictures of every page and state of the built portal, to be looked at by a person:
 *  `node test/edges/portal/screens.ts FOLDER [NAME [LOOKS]]`, a name being how those that are wanted
 *  begin, looks being such as `wide-light,narrow-dark`. */
import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { chromium, type Browser, type Page } from 'playwright-core'
import { build } from 'vite'
import { startPortalMock, type Scenario } from '../../fixtures/portal-mock.ts'
import { requireTool } from '../../tools/find-tool.ts'

interface Shot {
  readonly name: string
  readonly path: string
  readonly scenario?: Scenario
  readonly act?: (page: Page) => Promise<void>
  /** The page from head to foot. */
  readonly isWhole?: boolean
}

const SHOTS: readonly Shot[] = [
  { name: 'fleet', path: '/' },
  { name: 'fleet-filtered', path: '/?tier=enterprise,professional&state=burning' },
  { name: 'fleet-nothing-matches', path: '/?q=zzz' },
  { name: 'fleet-large', path: '/', scenario: 'large' },
  { name: 'fleet-empty', path: '/', scenario: 'empty' },
  { name: 'fleet-error', path: '/', scenario: 'error' },
  { name: 'fleet-loading', path: '/', scenario: 'slow' },
  { name: 'tenant-burning', path: '/tenants/acme' },
  { name: 'tenant-silent', path: '/tenants/umbrella' },
  { name: 'signals-day', path: '/tenants/hooli?range=24h', act: toSignals },
  { name: 'signals-month-table', path: '/tenants/hooli?range=30d&table=duration', act: toSignals },
  { name: 'signals-silent', path: '/tenants/umbrella?range=6h', act: toSignals },
  { name: 'signals-never', path: '/tenants/vandelay', act: toSignals },
  { name: 'tenant-unknown', path: '/tenants/nobody' },
  { name: 'slos', path: '/slos' },
  { name: 'slos-filtered', path: '/slos?tier=starter&state=exhausted' },
  { name: 'slos-nothing-matches', path: '/slos?q=zzz' },
  { name: 'slos-empty', path: '/slos', scenario: 'empty' },
  { name: 'slos-error', path: '/slos', scenario: 'error' },
  { name: 'slos-loading', path: '/slos', scenario: 'slow' },
  { name: 'slo-fleet', path: '/slos/error-rate' },
  { name: 'slo-roll-up', path: '/slos/all-errors' },
  { name: 'slo-unknown', path: '/slos/nothing' },
  { name: 'slo-burning', path: '/tenants/acme/slos/error-rate', isWhole: true },
  { name: 'slo-table', path: '/tenants/acme/slos/error-rate?table=burndown' },
  {
    name: 'slo-trial',
    path: '/tenants/initech/slos/response-time',
    isWhole: true,
    act: (page) => page.getByRole('button', { name: 'Try it' }).click(),
  },
  { name: 'slo-spent', path: '/tenants/initech/slos/response-time', isWhole: true },
  { name: 'slo-idle', path: '/tenants/vandelay/slos/availability' },
  { name: 'slo-held-back', path: '/tenants/tyrell/slos/response-time', act: toPairs },
  { name: 'recovery-open', path: '/tenants/acme/slos/recovery', isWhole: true },
  { name: 'recovery-spent', path: '/tenants/initech/slos/recovery', isWhole: true },
  { name: 'recovery-none', path: '/tenants/vandelay/slos/recovery', isWhole: true },
  { name: 'recovery-fleet', path: '/slos/recovery', isWhole: true },
  { name: 'recovery-roll-up', path: '/slos/recovery-by-tier', isWhole: true },
  { name: 'group-alert', path: '/alerts/alr_starters', isWhole: true },
  { name: 'recovery-clock', path: '/alerts/alr_acme_clock', isWhole: true },
  { name: 'slo-loading', path: '/tenants/acme/slos/error-rate', scenario: 'slow' },
  { name: 'budget-reviews', path: '/budget-reviews?state=all' },
  { name: 'budget-reviews-viewer', path: '/budget-reviews', scenario: 'viewer' },
  { name: 'budget-reviews-empty', path: '/budget-reviews', scenario: 'empty' },
  {
    name: 'budget-review-closing',
    path: '/budget-reviews',
    act: (page) => page.getByRole('button', { name: 'Close it' }).first().click(),
  },
  {
    name: 'gate-override',
    path: '/tenants/globex',
    act: (page) => page.getByRole('button', { name: 'Open it for a while' }).click(),
  },
  { name: 'reviews', path: '/reviews' },
  { name: 'reviews-empty', path: '/reviews', scenario: 'empty' },
  { name: 'alerts', path: '/alerts' },
  { name: 'explain-page', path: '/alerts/alr_acme', isWhole: true },
  { name: 'explain-silence', path: '/alerts/alr_umbrella' },
  { name: 'explain-resolved', path: '/alerts/alr_acme_before' },
  { name: 'load-tests', path: '/load-tests' },
  { name: 'load-tests-empty', path: '/load-tests', scenario: 'empty' },
  { name: 'load-test-missed', path: '/load-tests/run_new', isWhole: true },
  { name: 'engines', path: '/engines?owner=acme', isWhole: true },
  { name: 'engines-late', path: '/engines?engine=archive' },
  { name: 'engines-empty', path: '/engines', scenario: 'empty' },
  { name: 'artefacts', path: '/artefacts' },
  {
    name: 'artefact-file',
    path: '/artefacts?target=prometheus&file=alerts/prometheus/error-rate.rules.yaml',
    isWhole: true,
  },
  { name: 'artefact-changes', path: '/artefacts?target=prometheus&view=changes' },
  { name: 'artefact-platform', path: '/artefacts?target=grafana&reads=platform' },
  { name: 'artefacts-empty', path: '/artefacts?target=vmalert&view=changes', scenario: 'empty' },
  {
    name: 'artefact-roll-out',
    path: '/artefacts',
    act: (page) => page.getByRole('button', { name: 'Mark as rolled out' }).click(),
  },
  { name: 'collector', path: '/collector' },
  { name: 'collector-troubled', path: '/collector', scenario: 'troubled' },
  { name: 'collector-targets', path: '/collector/targets', scenario: 'troubled' },
  { name: 'collector-targets-empty', path: '/collector/targets', scenario: 'empty' },
  { name: 'cardinality', path: '/collector/cardinality' },
  { name: 'cardinality-troubled', path: '/collector/cardinality', scenario: 'troubled' },
  {
    name: 'cardinality-tenant',
    path: '/collector/cardinality',
    scenario: 'troubled',
    act: async (page) => {
      await page.getByRole('table', { name: 'Refused by tenant' }).getByRole('link').first().click()
      await page.getByRole('table', { name: 'Labels by distinct values' }).waitFor()
    },
  },
  { name: 'no-such-page', path: '/nowhere' },
  { name: 'sign-in', path: '/', scenario: 'signed-out' },
  { name: 'search', path: '/', act: (page) => page.keyboard.press('Control+k') },
  { name: 'shortcuts', path: '/', act: (page) => page.keyboard.press('?') },
  {
    name: 'user-menu',
    path: '/',
    act: (page) => page.getByRole('button', { name: 'You and the theme' }).click(),
  },
  { name: 'focus', path: '/', act: (page) => page.keyboard.press('j') },
]
async function toPairs(page: Page): Promise<void> {
  await page
    .getByRole('heading', { name: 'Burn by window' })
    .evaluate((head) => head.scrollIntoView())
}

async function toSignals(page: Page): Promise<void> {
  await page.getByRole('heading', { name: 'Signals' }).evaluate((head) => head.scrollIntoView())
}

const SIZES = {
  wide: { width: 1440, height: 900 },
  middle: { width: 1280, height: 800 },
  tablet: { width: 820, height: 1180 },
  narrow: { width: 390, height: 844 },
} as const

const [folder, only = '', looks] = process.argv.slice(2)
const wanted = looks?.split(',')
if (folder === undefined)
  throw new Error('usage: node test/edges/portal/screens.ts FOLDER [NAME [LOOKS]]')
const executablePath = requireTool('chromium')
if (executablePath === undefined) process.exit(1)

mkdirSync(folder, { recursive: true })
await build({
  configFile: resolve(import.meta.dirname, '../../../src/edges/portal/vite.config.ts'),
  logLevel: 'warn',
})
const browser = await chromium.launch({ executablePath, args: ['--headless', '--no-sandbox'] })
for (const shot of SHOTS.filter(({ name }) => name.startsWith(only)))
  await takeAll(browser, shot, folder)
await browser.close()

async function takeAll(browser: Browser, shot: Shot, folder: string): Promise<void> {
  const mock = await startPortalMock(shot.scenario ?? 'demo')
  for (const [size, viewport] of Object.entries(SIZES))
    for (const colorScheme of ['light', 'dark'] as const) {
      if (wanted?.includes(`${size}-${colorScheme}`) === false) continue
      const page = await browser.newPage({ viewport, colorScheme })
      await page.goto(mock.url + shot.path)
      await page.waitForTimeout(shot.scenario === 'large' ? 3000 : 600)
      await shot.act?.(page)
      await page.waitForTimeout(300)
      const path = join(folder, `${shot.name}-${size}-${colorScheme}.png`)
      await page.screenshot({ path, fullPage: shot.isWhole === true })
      await page.close()
    }
  await mock.close()
}
