/** The portal in a real browser against canned answers: its main tasks, its states, its keys,
 *  axe in both schemes, and its weight. */
import { AxeBuilder } from '@axe-core/playwright'
import { resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'
import { build } from 'vite'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startPortalMock, type PortalMock } from '../fixtures/portal-mock.ts'
import { requireTool } from '../tools/find-tool.ts'
import { CHROMIUM_FLAGS } from './harness/chromium.ts'

const VITE_CONFIG = resolve(import.meta.dirname, '../../src/edges/portal/vite.config.ts')
const WIDE = { width: 1440, height: 900 }
const NARROW = { width: 390, height: 844 }
const FIRST_PAGE_MOST_BYTES = 250_000

const executablePath = requireTool('chromium')

describe.skipIf(executablePath === undefined)('the portal in Chromium', () => {
  let browser: Browser
  let mock: PortalMock
  let context: BrowserContext
  /** All of one test: a page that stays open would complain in the next. */
  const contexts: BrowserContext[] = []
  let page: Page
  /** What the browser complains about, content security policy violations among it. */
  let complaints: string[]

  const open = async (
    path: string,
    options: { viewport?: typeof WIDE; colorScheme?: 'light' | 'dark' } = {},
  ): Promise<void> => {
    context = await browser.newContext({ viewport: WIDE, colorScheme: 'light', ...options })
    contexts.push(context)
    page = await context.newPage()
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
    })
    page.on('pageerror', (error) => complaints.push(error.message))
    await page.goto(mock.url + path)
  }
  const heading = (name: string | RegExp) => page.getByRole('heading', { level: 1, name })
  const tenants = () => page.getByRole('table', { name: 'Tenants' }).locator('tbody tr')
  /** In what runs no scripts axe cannot look. */
  const check = async ({ frames = true } = {}): Promise<void> => {
    const { violations } = await new AxeBuilder({ page }).setLegacyMode(!frames).analyze()
    expect(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([])
  }
  const address = (): string => new URL(page.url()).pathname + new URL(page.url()).search

  beforeAll(async () => {
    await build({ configFile: VITE_CONFIG, logLevel: 'warn' })
    browser = await chromium.launch({ executablePath: executablePath ?? '', args: CHROMIUM_FLAGS })
  })
  beforeEach(async () => {
    complaints = []
    mock = await startPortalMock('demo')
  })
  afterEach(async () => {
    for (const opened of contexts.splice(0)) await opened.close()
    await mock.close()
  })
  afterAll(() => browser.close())

  it('leads from the sentence to the tenant that burns its budget, and back', async () => {
    await open('/')
    await heading('1 of 12 tenants burns its budget fast; 1 enterprise').waitFor()
    expect(await tenants().first().innerText()).toMatch(/Acme Robotics[^]*Burning fast[^]*31\s%/)

    await page.getByRole('button', { name: 'Tier', exact: true }).first().click()
    await page.getByRole('menuitemcheckbox', { name: 'Enterprise' }).click()
    await expect.poll(address).toBe('/?tier=enterprise')
    await expect.poll(() => tenants().count()).toBe(4)
    await page.keyboard.press('Escape')

    await page.getByRole('link', { name: 'Acme Robotics' }).click()
    await page.getByText('burns its availability budget 22.4 times too fast').first().waitFor()
    const burns = page.getByRole('table', { name: 'Burn rates of Availability' })
    expect(await burns.locator('tbody tr').first().innerText()).toMatch(/22\.4×[^]*14\.4×[^]*Page/)

    await page.goBack()
    await expect.poll(() => tenants().count()).toBe(4)
    expect(address()).toBe('/?tier=enterprise')
    expect(complaints).toEqual([])
  })

  it('keeps filters, text and order in the address, so that a link shows what its sender saw', async () => {
    await open('/?state=burning&sort=-errors')
    await heading(/12 tenants/).waitFor()
    await expect.poll(() => tenants().count()).toBe(3)
    await page.getByRole('button', { name: 'Requests' }).click()
    await expect.poll(address).toBe('/?state=burning&sort=-requests')
    await page.keyboard.press('/')
    await page.keyboard.type('glo')
    await expect.poll(() => tenants().count()).toBe(1)
    expect(address()).toBe('/?state=burning&sort=-requests&q=glo')
    await page.getByRole('button', { name: 'Clear' }).click()
    await expect.poll(address).toBe('/?sort=-requests')
    expect(await tenants().first().innerText()).toContain('Hooli')
  })

  it('switches the theme and remembers it', async () => {
    await open('/')
    await page.getByRole('button', { name: 'You and the theme' }).click()
    await page.getByRole('menuitemradio', { name: 'Dark' }).click()
    const scheme = () => page.locator('html').getAttribute('data-mantine-color-scheme')
    await expect.poll(scheme).toBe('dark')
    await page.reload()
    await heading(/tenants/).waitFor()
    expect(await scheme()).toBe('dark')
    expect(complaints).toEqual([])
  })

  it('follows what happens, says when it cannot, and recovers', async () => {
    await open('/')
    await heading(/12 tenants/).waitFor()
    const live = page.getByRole('button', { name: /Live|Reconnecting|Paused/ })
    await live.getByText('Live').waitFor()
    mock.scenario = 'empty'
    mock.tick()
    await heading('No tenants yet').waitFor()

    mock.scenario = 'down'
    mock.cut()
    await live.getByText('Reconnecting').waitFor()
    mock.scenario = 'demo'
    await live.getByText('Live').waitFor()
    await heading(/12 tenants/).waitFor()

    await page.keyboard.press('p')
    await expect.poll(() => live.innerText()).toBe('Paused')
  })

  it('draws only what is in view of 10,000 tenants, and reaches the others by key and wheel', async () => {
    mock.scenario = 'large'
    await open('/')
    await page.getByText('of 10,000 tenants').first().waitFor()
    expect(await tenants().count()).toBeLessThan(60)
    await page.keyboard.press('j')
    await page.keyboard.press('j')
    await expect.poll(() => page.locator('[data-row="1"] a:focus').count()).toBe(1)
    await page.keyboard.press('End')
    await page.locator('[data-row="9999"]').waitFor()
    expect(await tenants().count()).toBeLessThan(60)
  })

  it('finds a tenant by Ctrl K and lists its keys by ?', async () => {
    await open('/')
    await heading(/12 tenants/).waitFor()
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox', { name: 'Tenant, page or action' }).fill('umbr')
    await page.keyboard.press('Enter')
    await heading('Umbrella Health').waitFor()
    expect(address()).toBe('/tenants/umbrella')
    const sources = page.getByRole('region', { name: 'Where these figures come from' })
    await sources.getByRole('row', { name: /Storage: volume.*silent since/ }).waitFor()
    await page.keyboard.press('?')
    await page.getByRole('dialog').getByText('Search and commands').waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.press('g')
    await page.keyboard.press('a')
    await heading('7 alerts fire; 5 ask for a page').waitFor()
    expect(complaints).toEqual([])
  })

  it('leads from the SLOs to who spends a budget, when, on what, and why it pages', async () => {
    await open('/')
    await page.getByRole('link', { name: 'SLOs' }).click()
    await heading('3 of 7 SLOs burn for 3 tenants; 1 budget is spent').waitFor()
    const slos = page.getByRole('table', { name: 'SLOs' }).locator('tbody tr')
    expect(await slos.count()).toBe(7)
    await page.getByRole('button', { name: 'State' }).click()
    await page.getByRole('menuitemcheckbox', { name: 'Budget spent' }).click()
    await expect.poll(() => slos.count()).toBe(1)
    await page.keyboard.press('Escape')
    await page.keyboard.press('/')
    await page.keyboard.type('zzz')
    await page.getByRole('heading', { name: 'No SLO matches' }).waitFor()
    expect(address()).toBe('/slos?state=exhausted&q=zzz')
    await page.getByRole('button', { name: 'Clear the filters' }).click()
    await page.getByRole('button', { name: 'Spent', exact: true }).click()
    await expect.poll(address).toBe('/slos?sort=-exhausted')
    expect(await slos.first().innerText()).toContain('Response time')

    await page.getByRole('link', { name: 'Error rate', exact: true }).click()
    await page.getByText('2 of 12 tenants burn their budget').waitFor()
    const tenantsOfSlo = page.getByRole('table', { name: 'Tenants by budget spent' })
    expect(await tenantsOfSlo.locator('tbody tr').first().innerText()).toMatch(/Globex[^]*17\s%/)
    await tenantsOfSlo.getByRole('link', { name: 'Acme Robotics' }).click()

    const budget = page.getByRole('region', { name: 'Budget over the period' })
    const said = () => budget.getByRole('img').getAttribute('aria-label')
    await expect
      .poll(said)
      .toMatch(/^Budget left from .*: 100 % to 3\d\s%; most was spent .*; 1 correction; 2 alerts$/)
    await budget.getByRole('button', { name: 'Table' }).click()
    const steps = budget.getByRole('table', { name: 'Budget over the period' })
    expect(await steps.locator('tbody tr').count()).toBeGreaterThan(700)
    const fast = page.getByRole('region', { name: 'Fast pair' })
    expect(await fast.innerText()).toMatch(/22\.4×[^]*131 bad of 5,832 requests[^]*above 14\.4×/)
    const why = page.getByRole('table', { name: 'Pairs of windows of the same cause' })
    expect(await why.innerText()).toMatch(/Speaks for the page[^]*waits while the page is out/)

    await page.getByRole('link', { name: 'Page, fast of availability' }).first().click()
    await page.getByText('Both were above 14.4×, so a page was raised.').waitFor()
    await page.getByRole('link', { name: 'Signals at that time' }).click()
    await expect.poll(address).toMatch(/^\/tenants\/acme\?from=\d+&to=\d+$/)
    expect(complaints).toEqual([])
  })

  it('leads from the list of reviews to one, in a frame that runs nothing', async () => {
    await open('/')
    await page.getByRole('link', { name: 'SLO reviews' }).click()
    await heading('The last week missed 3 of 46 objectives').waitFor()
    const reviews = page.getByRole('table', { name: 'SLO reviews' }).locator('tbody tr')
    expect(await reviews.count()).toBe(18)
    await page.getByRole('button', { name: 'Months' }).click()
    await page.getByRole('button', { name: 'Tenants', exact: true }).click()
    await expect.poll(() => reviews.count()).toBe(4)
    expect(address()).toBe('/reviews?span=month&scope=tenant')
    const pdf = page.getByRole('link', { name: 'PDF of Acme Robotics', exact: true })
    expect(await pdf.getAttribute('href')).toBe(
      '/api/v1/reports/rvw_month-acme/document?format=pdf&download=true',
    )
    await page.getByRole('link', { name: 'Acme Robotics', exact: true }).click()
    const review = page.frameLocator('iframe')
    await review
      .getByRole('heading', { level: 1, name: /^SLO review of Acme Robotics, / })
      .waitFor()
    await review.getByRole('img', { name: /^Burn of Error rate by day/ }).waitFor()
    await page.getByRole('link', { name: 'SLO reviews' }).first().click()
    mock.scenario = 'empty'
    await page.goto(`${mock.url}/reviews`)
    await page.getByRole('heading', { name: 'No SLO review yet' }).waitFor()
    await page.goto(`${mock.url}/reviews/rvw_none`)
    await page.getByText('No such tenant').waitFor()
    expect(complaints.filter((each) => !each.includes('404'))).toEqual([])
  })

  it('shows what other systems are given, what changed, and keeps what was rolled out', async () => {
    await open('/')
    await page.getByRole('link', { name: 'Artefacts' }).click()
    await heading('1 of 2 rolled-out targets differs from what would be made now').waitFor()
    const files = page.getByRole('table', { name: 'Files' }).locator('tbody tr')
    await expect.poll(() => files.count()).toBeGreaterThan(20)
    await files.getByRole('link', { name: 'error-rate.rules.yaml' }).click()
    const text = page.getByLabel('Text of alerts/prometheus/error-rate.rules.yaml')
    await text.getByText('tenantry-error-rate-minute').waitFor()
    await expect.poll(address).toBe('/artefacts?file=alerts%2Fprometheus%2Ferror-rate.rules.yaml')
    const all = page.getByRole('link', { name: 'Download all' })
    expect(await all.getAttribute('href')).toBe('/api/v1/artefacts/archive?target=prometheus')

    await page.getByRole('button', { name: /^Changes \(\d+\)$/ }).click()
    const changes = page.getByRole('region', {
      name: 'Changes of alerts/prometheus/tenants.rules.yaml',
    })
    await changes.locator('ins').first().waitFor()
    expect(await changes.locator('ins').first().innerText()).toMatch(/^\+/)

    await page.getByRole('button', { name: 'Mark as rolled out' }).click()
    const dialog = page.getByRole('dialog', { name: 'Mark Prometheus as rolled out' })
    await dialog.getByRole('textbox').fill('release 13')
    await dialog.getByRole('button', { name: 'Mark as rolled out' }).click()
    await heading('All 2 targets that were rolled out would be made the same now').waitFor()
    await page.getByText('release 13').waitFor()
    await page.getByRole('heading', { name: 'As rolled out' }).waitFor()

    await page.getByRole('link', { name: 'k6' }).click()
    await page.getByRole('heading', { name: 'Nothing to compare with' }).waitFor()
    await page.getByRole('button', { name: "The platform's own" }).click()
    await page.getByLabel('Label of the tenant').fill('customer')
    await page.getByRole('button', { name: 'Apply' }).click()
    await expect.poll(address).toContain('reads=platform&tenantLabel=customer')
    expect(complaints).toEqual([])
  })

  it('tells of a load test what was promised, found and measured, and marks it at the SLO', async () => {
    await open('/')
    await page.getByRole('link', { name: 'Load tests' }).click()
    await heading(
      /^The newest load test, 2\s?k\/s for 2 tenants, missed 2 of 12 promises$/,
    ).waitFor()
    const tests = page.getByRole('table', { name: 'Load tests' }).locator('tbody tr')
    await expect.poll(() => tests.count()).toBe(4)
    expect(await tests.nth(1).innerText()).toContain('Unclear: the generator was too slow')
    await tests.first().getByRole('link').click()
    await heading('Throughput, spike').waitFor()
    await page.getByText('acme: fewer than 0.1 % of requests fail').waitFor()
    const found = page.getByRole('table', { name: 'Tenants of the load test' })
    expect(await found.innerText()).toMatch(/acme[^]*1\.23\s%[^]*238\sms[^]*1\.19\s%[^]*241\sms/)
    expect(await found.innerText()).toContain('The registry knows nobody of that name.')
    const slos = page.getByRole('table', { name: 'SLOs meanwhile' })
    await slos.getByRole('link', { name: 'Error rate' }).click()
    await page.getByText('Strip at the head: a load test', { exact: false }).waitFor()
    await page.getByText(/^Load tests: Throughput, spike at /).waitFor()
    mock.scenario = 'empty'
    await page.goto(`${mock.url}/load-tests`)
    await page.getByRole('heading', { name: 'No load test yet' }).waitFor()
    expect(complaints).toEqual([])
  })

  it('shows what a push to an engine would change, pushes it once its name is typed, and takes it back', async () => {
    await open('/')
    await page.getByRole('link', { name: 'Engines' }).click()
    await heading('Tenants are handed over to 2 engines').waitFor()
    await page.getByText('1 tenant cannot be pushed, 1 would change').waitFor()
    const plan = page.getByRole('table', { name: 'What a push would change' })
    expect(await plan.innerText()).toMatch(/acme[^]*1 new, 1 changed[^]*globex[^]*does not fit/)
    await plan.getByRole('link', { name: 'acme' }).click()
    await expect.poll(address).toBe('/engines?engine=eu-mimir&owner=acme')
    const group = page.getByRole('region', { name: 'Changes of tenantry-error-rate-minute' })
    expect(await group.locator('ins').innerText()).toContain('/ 0.0005')
    expect(await group.locator('del').innerText()).toContain('/ 0.001')

    await page.getByRole('button', { name: 'Push the rules' }).click()
    const dialog = page.getByRole('dialog')
    const submit = dialog.getByRole('button', { name: 'Push the rules' })
    await dialog.getByRole('textbox').fill('eu-mim')
    expect(await submit.isDisabled()).toBe(true)
    await dialog.getByRole('textbox').fill('eu-mimir')
    await submit.click()
    const pushes = page.getByRole('table', { name: 'Pushes' }).locator('tbody tr')
    await pushes.first().getByText('Goes on').waitFor()
    await pushes.first().getByText('4 of 4 tenants').waitFor()
    await page.getByText('The engine has the rules that it shall have').waitFor()

    await pushes.first().getByRole('button', { name: 'Take it back' }).click()
    await page.getByRole('dialog').getByRole('textbox').fill('eu-mimir')
    await page.getByRole('dialog').getByRole('button', { name: 'Take it back' }).click()
    await pushes.first().getByText('Put back what was there').waitFor()

    await page.getByRole('link', { name: 'archive' }).click()
    await page.getByText('12,400 samples dropped').waitFor()
    await page.getByText('503: too many requests in flight').waitFor()
    mock.scenario = 'empty'
    await page.goto(`${mock.url}/engines`)
    await page.getByRole('heading', { name: 'No engine' }).waitFor()
    expect(complaints).toEqual([])
  })

  it('closes a budget review with what came of it, where who is signed in may', async () => {
    await open('/slos')
    await page.getByRole('link', { name: '2 budget reviews are open' }).click()
    await heading('2 budget reviews are open; deploys of 2 tenants are frozen').waitFor()
    const reviews = page.getByRole('table', { name: 'Budget reviews' }).locator('tbody tr')
    expect(await reviews.count()).toBe(2)
    await reviews.filter({ hasText: 'Initech' }).getByRole('button', { name: 'Close it' }).click()
    const dialog = page.getByRole('dialog', { name: /^Close the budget review of Response time, / })
    const close = dialog.getByRole('button', { name: 'Close the budget review' })
    expect(await close.isDisabled()).toBe(true)
    await dialog.getByRole('textbox', { name: 'What came of it' }).fill('An index was missing')
    await close.click()
    await heading(/^1 budget review is open; /).waitFor()
    await page.getByRole('button', { name: 'All', exact: true }).click()
    await expect.poll(address).toBe('/budget-reviews?state=all')
    await expect.poll(() => reviews.count()).toBe(3)
    expect(await reviews.nth(1).innerText()).toMatch(/Closed[^]*Initech[^]*An index was missing/)

    await page.goto(`${mock.url}/tenants/initech/slos/response-time`)
    const policy = page.getByRole('region', { name: 'Budget policy' })
    await policy.getByText('Deploys are frozen, a budget review is asked for').waitFor()
    expect(await policy.getByRole('table', { name: 'Budget reviews' }).innerText()).toMatch(
      /An index was missing[^]*An index was missing on the table/,
    )
    mock.scenario = 'viewer'
    await page.goto(`${mock.url}/budget-reviews`)
    await page.getByText('An operator closes it').waitFor()
    expect(await page.getByRole('button', { name: 'Close it' }).count()).toBe(0)
    mock.scenario = 'empty'
    await page.reload()
    await page.getByRole('heading', { name: 'Nothing waits for a review' }).waitFor()
    expect(complaints).toEqual([])
  })

  it('tries another promise, and says what it would have come to', async () => {
    await open('/tenants/initech/slos/response-time')
    const trial = page.getByRole('region', { name: 'Try another promise' })
    await trial.getByRole('textbox', { name: 'Objective, %' }).fill('101')
    await trial.getByText('more than 0 and less than 100').waitFor()
    expect(await trial.getByRole('button', { name: 'Try it' }).isDisabled()).toBe(true)
    await trial.getByRole('textbox', { name: 'Objective, %' }).fill('99.5')
    await trial.getByRole('button', { name: 'Try it' }).click()
    await trial.getByText('0 pages and 1 ticket would have been raised instead of').waitFor()
    await trial.locator('canvas').waitFor()
    const rows = trial.getByRole('table', { name: 'Now and as tried' }).locator('tbody tr')
    expect(await rows.first().innerText()).toMatch(/Objective[^]*99\.9\s%[^]*99\.5\s%/)
    await trial.getByRole('button', { name: 'As it is' }).click()
    await expect.poll(() => rows.count()).toBe(0)
    expect(complaints).toEqual([])
  })

  it('opens a deploy gate for a while, and closes it again', async () => {
    await open('/tenants/globex')
    const gate = page.getByRole('region', { name: 'Deploy gate' })
    await gate.getByText('Deploys are frozen, since').waitFor()
    await gate.getByRole('button', { name: 'Open it for a while' }).click()
    const dialog = page.getByRole('dialog', { name: 'Open the deploy gate of Globex for a while' })
    await dialog.getByRole('textbox', { name: 'Why' }).fill('fixes the timeouts')
    await dialog.getByRole('combobox', { name: 'For' }).selectOption('8 hours')
    await dialog.getByRole('button', { name: 'Open the gate' }).click()
    await gate.getByText('and the gate is overridden').waitFor()
    await gate.getByRole('button', { name: 'Close it again' }).click()
    await gate.getByRole('button', { name: 'Open it for a while' }).waitFor()
    mock.scenario = 'viewer'
    await page.reload()
    await gate.getByText('Deploys are frozen, since').waitFor()
    expect(await gate.getByRole('button').count()).toBe(0)
    expect(complaints).toEqual([])
  })

  it('narrows a budget to a part of the period by dragging, and back', async () => {
    await open('/tenants/initech/slos/response-time')
    const budget = page.getByRole('region', { name: 'Budget over the period' })
    await budget.locator('canvas').waitFor()
    const over = await budget.locator('.u-over').boundingBox()
    const y = over!.y + over!.height / 2
    await page.mouse.move(over!.x + 0.25 * over!.width, y)
    await budget.getByText(/^1\sh from /).waitFor()
    await page.mouse.down()
    await page.mouse.move(over!.x + 0.5 * over!.width, y, { steps: 4 })
    await page.mouse.up()
    const days = (): number => {
      const { searchParams } = new URL(page.url())
      return (Number(searchParams.get('to')) - Number(searchParams.get('from'))) / 86_400_000
    }
    await expect.poll(days).toBeGreaterThan(7)
    expect(days()).toBeLessThan(8)
    await budget.getByRole('button', { name: 'Whole period' }).click()
    await expect.poll(address).toBe('/tenants/initech/slos/response-time')
    expect(complaints).toEqual([])
  })

  it('says what is wrong, and what there is, on the pages of SLOs', async () => {
    mock.scenario = 'error'
    await open('/slos')
    await page.getByRole('alert').getByText('The fleet could not be read').waitFor()
    complaints = []
    mock.scenario = 'demo'
    await page.getByRole('button', { name: 'Try again' }).click()
    await heading(/SLOs burn/).waitFor()
    await page.goto(`${mock.url}/slos/nothing`)
    await page.getByText('The book has no SLO nothing').waitFor()
    await page.goto(`${mock.url}/tenants/acme/slos/nothing`)
    await page.getByText('Acme Robotics has no SLO nothing').waitFor()
    await page.goto(`${mock.url}/tenants/vandelay/slos/availability`)
    await page.getByText('Nothing was counted since').waitFor()
    await page.goto(`${mock.url}/slos/all-errors`)
    await page.getByRole('table', { name: 'Added up over tenants' }).waitFor()
    await page.goto(`${mock.url}/slos/checkout`)
    await page.getByText('This server does not count it: there is no source called').waitFor()
    expect(complaints).toEqual([])
  })

  it('says on the page of a tenant that deploys are frozen, why, and who overrode that', async () => {
    await open('/tenants/globex')
    const gate = () => page.getByRole('region', { name: 'Deploy gate' })
    await gate()
      .getByText(/Deploys are frozen, since/)
      .waitFor()
    expect(await gate().innerText()).toMatch(
      /Error rate: −150.% of the budget left, 12,500 bad of 5,000,000; opens at 10.% \(enterprise-budget, step freeze\)[^]*At the present rate it opens on/,
    )
    await open('/tenants/hooli')
    await gate()
      .getByText(/Deploys are frozen, and the gate is overridden/)
      .waitFor()
    await gate()
      .getByText(/Command on this machine: fixes the timeouts/)
      .waitFor()
    await open('/tenants/acme')
    await heading('Acme Robotics').waitFor()
    expect(await gate().count()).toBe(0)
    expect(complaints).toEqual([])
  })

  it('tells how the collector does, what is wrong and which target is down', async () => {
    mock.scenario = 'troubled'
    await open('/')
    await page.getByRole('link', { name: 'Collector' }).click()
    await heading('The disk is nearly full; and 4 more').waitFor()
    const wrong = page.getByRole('list', { name: 'What is wrong' })
    expect(await wrong.innerText()).toMatch(/Free space[^]*1 of 4 targets is down/)
    const accounts = page.getByRole('table', { name: 'What becomes of it' })
    expect(await accounts.locator('tfoot').innerText()).toMatch(/adds up\s*1,206,042,068/)
    const reasons = page.getByRole('table', { name: 'Samples that are not counted' })
    expect(await reasons.innerText()).toMatch(/too-far-in-future[^]*a clock is wrong/)

    await page.getByRole('link', { name: 'Targets' }).click()
    await heading('1 of 4 targets is down').waitFor()
    const first = page.getByRole('table', { name: 'Targets' }).locator('tbody tr').first()
    expect(await first.innerText()).toMatch(/Down[^]*9113[^]*line 14, column 31/)
    await page.getByText('job postgres: 12 targets, target_limit is 10').waitFor()

    mock.scenario = 'demo'
    mock.tick()
    await heading('All 4 targets are up').waitFor()
    await page.getByRole('link', { name: 'Health' }).click()
    await heading('All is well: 23,001 samples a second are kept and counted').waitFor()
    expect(complaints).toEqual([])
  })

  it('draws what a tenant did, narrows the range by dragging, and shows the numbers as a table', async () => {
    await open('/tenants/hooli?range=24h')
    const duration = page.getByRole('region', { name: 'Duration' })
    await duration.locator('canvas').waitFor()
    const said = await duration.getByRole('img').getAttribute('aria-label')
    expect(said).toMatch(/^Duration: p99 last \d+\sms, \d+\sms to \d+\sms; p90 last/)
    await page
      .getByText('Nothing of this was ever received from this tenant. Send container')
      .waitFor()

    const traffic = page.getByRole('region', { name: 'Traffic' })
    await traffic.scrollIntoViewIfNeeded()
    const over = await traffic.locator('.u-over').boundingBox()
    const y = over!.y + over!.height / 2
    await page.mouse.move(over!.x + 0.25 * over!.width, y)
    await page.mouse.down()
    await page.mouse.move(over!.x + 0.5 * over!.width, y, { steps: 4 })
    // The cursor is one for all charts
    await duration.getByText(/^10\smin from /).waitFor()
    await page.mouse.up()
    const zoomed = (): number => {
      const { searchParams } = new URL(page.url())
      return (Number(searchParams.get('to')) - Number(searchParams.get('from'))) / 3_600_000
    }
    await expect.poll(zoomed).toBeGreaterThan(5.5)
    expect(zoomed()).toBeLessThan(6.5)
    await duration.getByRole('button', { name: 'Table' }).click()
    const table = duration.getByRole('table', { name: 'Duration' })
    // The newest step may be one in which nothing was heard
    const heard = table.locator('tbody tr').filter({ hasText: /\d\sms/ })
    expect(await heard.first().innerText()).toMatch(/\d\d:\d\d[^]*\d\sms/)
    expect(address()).toMatch(/^\/tenants\/hooli\?from=\d+&to=\d+&table=duration$/)

    await page.reload()
    await table.waitFor()
    await page.getByRole('button', { name: '7 d', exact: true }).click()
    await expect.poll(address).toBe('/tenants/hooli?range=7d&table=duration')
    await page.goBack()
    await expect.poll(zoomed).toBeGreaterThan(5.5)
    expect(complaints).toEqual([])
  })

  it('shows a range that is typed in, and what there is to do where nothing ever came', async () => {
    await open('/tenants/hooli')
    await page.getByRole('button', { name: 'Custom' }).click()
    const form = page.getByRole('form', { name: 'Custom range' })
    const [from, to] = ['2026-11-20T10:00', '2026-11-20T09:00']
    await form.getByLabel('From').fill(from)
    await form.getByLabel('To').fill(to)
    await form.getByText('The begin must be before the end.').waitFor()
    await form.getByLabel('To').fill('2026-11-20T16:00')
    await form.getByRole('button', { name: 'Show' }).click()
    await page.getByRole('button', { name: /20 Nov, 10:00 – 16:00/ }).waitFor()
    expect(address()).toMatch(/\?from=\d+&to=\d+$/)

    await page.goto(`${mock.url}/tenants/vandelay`)
    await page.getByRole('heading', { name: 'No metrics yet' }).waitFor()
    await page.getByText('npx tenantry key create --role collector --tenant vandelay').waitFor()
    expect(complaints).toEqual([])
  })

  it('tells who is over a limit, what was refused, and who made the series', async () => {
    mock.scenario = 'troubled'
    await open('/collector')
    await page.getByRole('link', { name: 'Cardinality' }).click()
    await heading('1 of 12 tenants sends more than allowed: part of it is refused').waitFor()
    const uses = page.getByRole('table', { name: 'Tenants by use of their limits' })
    const worst = uses.locator('tbody tr').first()
    expect(await worst.innerText()).toMatch(/([\d,]+) of \1/)
    const refused = page.getByRole('table', { name: 'Refused by tenant and reason' })
    expect(await refused.innerText()).toMatch(/series-limit\s+41,920/)

    await worst.getByRole('link').click()
    const series = page.getByRole('region', { name: /^Series of/ })
    const labels = series.getByRole('table', { name: 'Labels by distinct values' })
    const first = labels.locator('tbody tr').first()
    expect(await first.innerText()).toMatch(/session_id[^]*at least 100,000/)
    expect(await series.innerText()).toMatch(/checkout_sessions_total\{session_id="7f3a91c0"/)
    expect(address()).toMatch(/^\/collector\/cardinality\?tenant=[a-z-]+$/)
    await series.getByRole('link', { name: 'Close' }).click()
    await series.waitFor({ state: 'detached' })
    expect(address()).toBe('/collector/cardinality')

    mock.scenario = 'demo'
    mock.tick()
    await heading('All tenants stay well within their limits').waitFor()
    await page.getByText('Nothing of any tenant was refused').waitFor()
    expect(complaints).toEqual([])
  })

  it('says how to sign in, and goes on once that is done', async () => {
    mock.scenario = 'signed-out'
    await open('/?tier=starter')
    await page.getByText('npx tenantry sign-in').waitFor()
    mock.scenario = 'demo'
    await heading(/12 tenants/).waitFor()
    expect(address()).toBe('/?tier=starter')
  })

  it('signs out by the user menu', async () => {
    await open('/')
    await page.getByRole('button', { name: 'You and the theme' }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await heading('Sign in to Tenantry').waitFor()
    expect(mock.scenario).toBe('signed-out')
  })

  it('says what went wrong, what to do and which request it was', async () => {
    mock.scenario = 'error'
    await open('/')
    const alert = page.getByRole('alert')
    await alert.getByRole('heading', { name: 'The fleet could not be read' }).waitFor()
    expect(await alert.innerText()).toMatch(/Stop it, then try again\.[^]*req_7f3a91c2/)
    mock.scenario = 'demo'
    await alert.getByRole('button', { name: 'Try again' }).click()
    await heading(/12 tenants/).waitFor()
  })

  it('names the command that makes the first tenant', async () => {
    mock.scenario = 'empty'
    await open('/')
    await expect.poll(() => page.getByText('npx tenantry tenant create').isVisible()).toBe(true)
  })

  it('shows the same facts as cards on a narrow screen', async () => {
    await open('/', { viewport: NARROW })
    const card = page.getByRole('listitem').filter({ hasText: 'Acme Robotics' })
    expect(await card.innerText()).toMatch(
      /Enterprise · eu-west-1[^]*Availability[^]*Burning fast[^]*31\s%[^]*Burn[^]*Requests[^]*Errors[^]*p99/,
    )
    const sideways = await page.evaluate<number>('document.documentElement.scrollWidth')
    expect(sideways).toBe(NARROW.width)
  })

  it('sends at most 250 KB of compressed JavaScript for the first page', async () => {
    const scripts: Promise<Buffer>[] = []
    await open('/')
    page.on('response', (response) => {
      if (response.url().endsWith('.js')) scripts.push(response.body())
    })
    await page.reload()
    await heading(/12 tenants/).waitFor()
    const sizes = (await Promise.all(scripts)).map((script) => gzipSync(script).length)
    expect(sizes.length).toBeGreaterThan(0)
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(FIRST_PAGE_MOST_BYTES)
  })

  it('shows old numbers as old', async () => {
    await open('/')
    await page.clock.install()
    await page.reload()
    await heading(/12 tenants/).waitFor()
    mock.scenario = 'down'
    mock.cut()
    await page.clock.runFor(45_000)
    await page.getByText(/These numbers are \d+\ss old/).waitFor()
    await page.getByText('Reconnecting').waitFor()
    expect(await tenants().count()).toBe(12)
  })

  for (const { colorScheme, width, viewport } of [
    { colorScheme: 'light', width: 'wide', viewport: WIDE },
    { colorScheme: 'dark', width: 'wide', viewport: WIDE },
    { colorScheme: 'dark', width: 'narrow', viewport: NARROW },
  ] as const) {
    it(`has nothing that axe objects to, ${colorScheme} and ${width}`, async () => {
      await open('/', { viewport, colorScheme })
      await heading(/12 tenants/).waitFor()
      await check()
      await page.keyboard.press('Control+k')
      await page.getByRole('option', { name: /Umbrella/ }).waitFor()
      await check()
      await page.getByRole('option', { name: /Umbrella/ }).click()
      await page.getByRole('table', { name: 'Burn rates of Availability' }).waitFor()
      await page.getByText('Nothing in this range').first().waitFor()
      await check()
      await page.keyboard.press('?')
      await page.getByRole('dialog').waitFor()
      await check()
      await page.goto(`${mock.url}/tenants/hooli?range=24h&table=traffic`)
      await page.getByRole('table', { name: 'Traffic' }).waitFor()
      await page.getByRole('region', { name: 'Duration' }).locator('canvas').waitFor()
      await check()
      await page.goto(`${mock.url}/alerts`)
      await heading(/alerts fire/).waitFor()
      await check()
      mock.scenario = 'troubled'
      await page.goto(`${mock.url}/collector`)
      await heading(/disk/).waitFor()
      await check()
      await page.goto(`${mock.url}/collector/targets`)
      await heading(/down/).waitFor()
      await check()
      await page.goto(`${mock.url}/collector/cardinality`)
      await page.getByRole('table', { name: 'Refused by tenant' }).getByRole('link').first().click()
      await page.getByRole('table', { name: 'Labels by distinct values' }).waitFor()
      await check()
      expect(complaints).toEqual([])
      mock.scenario = 'signed-out'
      await page.reload()
      await heading('Sign in to Tenantry').waitFor()
      await check()
    })

    it(`has nothing that axe objects to on the pages of reviews, ${colorScheme} and ${width}`, async () => {
      await open('/reviews', { viewport, colorScheme })
      await page.getByRole('table', { name: 'SLO reviews' }).waitFor()
      await check()
      await page.goto(`${mock.url}/reviews/rvw_quarter-fleet`)
      await page.frameLocator('iframe').getByRole('heading', { level: 1 }).waitFor()
      await check({ frames: false })
      expect(complaints).toEqual([])
      const document = await fetch(
        `${mock.url}/api/v1/reports/rvw_quarter-acme/document?theme=${colorScheme}`,
      )
      await page.goto('about:blank')
      await page.setContent(await document.text())
      await page.getByRole('heading', { level: 1 }).waitFor()
      await check()
    })

    it(`has nothing that axe objects to on the pages of load tests, ${colorScheme} and ${width}`, async () => {
      await open('/load-tests', { viewport, colorScheme })
      await page.getByRole('table', { name: 'Load tests' }).waitFor()
      await check()
      await page.goto(`${mock.url}/load-tests/run_new`)
      await page.getByRole('table', { name: 'Tenants of the load test' }).waitFor()
      await check()
      expect(complaints).toEqual([])
    })

    it(`has nothing that axe objects to on the page of engines, ${colorScheme} and ${width}`, async () => {
      await open('/engines?owner=acme', { viewport, colorScheme })
      await page.locator('ins').first().waitFor()
      await page.getByRole('table', { name: 'Pushes' }).waitFor()
      await check()
      await page.getByRole('button', { name: 'Push the rules' }).click()
      await page.getByRole('dialog').getByRole('textbox').fill('eu-mimir')
      await check()
      await page.goto(`${mock.url}/engines?engine=archive`)
      await page.getByText('503: too many requests in flight').waitFor()
      await check()
      expect(complaints).toEqual([])
    })

    it(`has nothing that axe objects to on the page of artefacts, ${colorScheme} and ${width}`, async () => {
      await open('/artefacts?file=alerts/prometheus/error-rate.rules.yaml', {
        viewport,
        colorScheme,
      })
      await page.getByLabel('Text of alerts/prometheus/error-rate.rules.yaml').waitFor()
      await check()
      await page.goto(`${mock.url}/artefacts?view=changes&reads=platform`)
      await page.locator('ins').first().waitFor()
      await check()
      await page.getByRole('button', { name: 'Mark as rolled out' }).click()
      await page.getByRole('dialog').getByRole('textbox').waitFor()
      await check()
      expect(complaints).toEqual([])
    })

    it(`has nothing that axe objects to on the pages of budget policies, ${colorScheme} and ${width}`, async () => {
      await open('/budget-reviews?state=all', { viewport, colorScheme })
      await page.getByRole('table', { name: 'Budget reviews' }).waitFor()
      await check()
      await page.getByRole('button', { name: 'Close it' }).first().click()
      await page.getByRole('dialog').getByRole('textbox').waitFor()
      await check()
      await page.goto(`${mock.url}/tenants/globex`)
      await page.getByRole('button', { name: 'Open it for a while' }).click()
      await page.getByRole('dialog').getByRole('textbox').waitFor()
      await check()
      expect(complaints).toEqual([])
    })

    it(`has nothing that axe objects to on the pages of SLOs, ${colorScheme} and ${width}`, async () => {
      await open('/slos', { viewport, colorScheme })
      await heading(/SLOs burn/).waitFor()
      await check()
      await page.goto(`${mock.url}/slos/error-rate`)
      await page.getByRole('table', { name: 'Tenants by budget spent' }).waitFor()
      await check()
      await page.goto(`${mock.url}/tenants/acme/slos/error-rate`)
      await page.getByRole('region', { name: 'Budget over the period' }).locator('canvas').waitFor()
      await page.getByRole('table', { name: 'Pairs of windows of the same cause' }).waitFor()
      await check()
      await page.getByRole('button', { name: 'Try it' }).click()
      await page.getByRole('table', { name: 'Now and as tried' }).waitFor()
      await check()
      const from = Date.now() - 5 * 86_400_000
      await page.goto(
        `${mock.url}/tenants/initech/slos/response-time?table=burndown&from=${from}&to=${from + 86_400_000}`,
      )
      await page.getByRole('table', { name: 'Budget over the period' }).waitFor()
      await check()
      await page.goto(`${mock.url}/alerts/alr_acme`)
      await page.getByRole('table', { name: 'Pairs of windows of the same cause' }).waitFor()
      await check()
      expect(complaints).toEqual([])
    })
  }
})
