/**
 * The committed dashboards against the types that Grafana publishes, `@grafana/schema`: each file as it lies is written into a module and
 * compiled. A panel's options and its fields' custom settings are checked by the type of its own visualisation. Queries are not: the package has
 * no type of Prometheus' queries; `boards.test.ts` parses them.
 */
import { spawnSync } from 'node:child_process'
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const ROOT = resolve(import.meta.dirname, '../../..')
/** Below the root, so that the package is found. */
const FOLDER = join(ROOT, 'test/.out/published-schema')
const FILES = globSync('dashboards/*.json', { cwd: ROOT }).toSorted()

const PANELS = {
  stat: 'Stat',
  table: 'Table',
  timeseries: 'TimeSeries',
  'state-timeline': 'StateTimeline',
} as const

/** What a file must satisfy. Enums are taken by their values, since JSON has no others. */
const TYPES = `
import type { Dashboard, Panel, RowPanel } from '@grafana/schema'
${Object.entries(PANELS)
  .map(([type, name]) => {
    const folder = type.replace('-', '')
    const custom = name === 'Stat' ? '' : `, FieldConfig as ${name}Custom`
    return `import type { Options as ${name}Options${custom} } from '@grafana/schema/dist/esm/raw/composable/${folder}/panelcfg/x/${name}PanelCfg_types.gen'`
  })
  .join('\n')}
type Plain<T> = unknown extends T ? T
  : T extends string ? \`\${T}\`
  : T extends number | boolean | null | undefined ? T
  : T extends readonly (infer Each)[] ? Plain<Each>[]
  : { [Key in keyof T]: Plain<T[Key]> }
type Known<T> = { [Key in keyof T as string extends Key ? never : Key]: T[Key] }
type Field = Known<Plain<NonNullable<Panel['fieldConfig']>['defaults']>>
interface Shown<Type extends string, Options, Custom>
  extends Omit<Known<Plain<Panel>>, 'type' | 'options' | 'fieldConfig'> {
  type: Type
  options: Partial<Plain<Options>>
  fieldConfig: {
    defaults: Omit<Field, 'custom'> & { custom?: Partial<Plain<Custom>> }
    overrides: Plain<NonNullable<Panel['fieldConfig']>['overrides']>
  }
}
type Row = Omit<Known<Plain<RowPanel>>, 'panels'> & { panels: [] }
// What Grafana's Prometheus keeps of an annotation beside what all data sources have; the package has no type of it.
interface OfPrometheus {
  expr: string
  step: string
  titleFormat: string
  textFormat: string
  useValueForTime?: boolean
}
type Annotations = NonNullable<NonNullable<Dashboard['annotations']>['list']>
type Variables = NonNullable<NonNullable<Dashboard['templating']>['list']>
type Board = Omit<Known<Plain<Dashboard>>, 'panels' | 'annotations' | 'templating'> & {
  // Grafana writes a query's definition itself, for its list of variables; the type lacks it.
  templating: { list: (Known<Plain<Variables[number]>> & { definition?: string })[] }
  annotations: { list?: (Known<Plain<Annotations[number]>> & OfPrometheus)[] }
  panels: (Row
${Object.entries(PANELS)
  .map(([type, name]) => {
    const custom = name === 'Stat' ? 'Record<never, never>' : `${name}Custom`
    return `    | Shown<'${type}', ${name}Options, ${custom}>`
  })
  .join('\n')}
  )[]
}
`

/** Compiles a board and tells what the compiler objects to. */
function objections(name: string, json: string): string {
  const file = join(FOLDER, `${name}.ts`)
  writeFileSync(file, `${TYPES}\nexport const board = ${json.trim()} satisfies Board\n`)
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc')
  const options = ['--ignoreConfig', '--noEmit', '--strict', '--skipLibCheck', '--module', 'preserve']
  const { stdout } = spawnSync(process.execPath, [compiler, ...options, file], {
    cwd: FOLDER,
    encoding: 'utf8',
  })
  return stdout
}

describe('the types that Grafana publishes', () => {
  beforeAll(() => mkdirSync(FOLDER, { recursive: true }))
  afterAll(() => rmSync(FOLDER, { recursive: true, force: true }))

  it.each(FILES)('take %s as it lies', (path) => {
    const json = readFileSync(join(ROOT, path), 'utf8')
    expect(objections(path.replace(/\W/g, '-'), json)).toBe('')
  })

  it.each([
    ['an unknown field of the dashboard', '"timezone"', '"timeZone"', 'timeZone'],
    ['an unknown field of a panel', '"gridPos"', '"gridPosition"', 'gridPosition'],
    ['an unknown mode of thresholds', '"absolute"', '"absolut"', 'absolut'],
    ['an unknown option', '"wideLayout"', '"widelayout"', 'widelayout'],
    ['a value of another type', '"wideLayout": true', '"wideLayout": "yes"', 'string'],
    ['an unknown custom setting', '"lineWidth"', '"linewidth"', 'linewidth'],
    ['an unknown visualisation', '"type": "stat"', '"type": "stats"', 'stats'],
  ])('would refuse %s', (what, right, wrong, said) => {
    const json = readFileSync(join(ROOT, 'dashboards/tenantry-tenant.json'), 'utf8')
    expect(json).toContain(right)
    const broken = json.replaceAll(right, wrong)
    expect(objections(what.replaceAll(' ', '-'), broken)).toContain(said)
  })

  it('are asked about every dashboard', () => expect(FILES).toHaveLength(4))
})
