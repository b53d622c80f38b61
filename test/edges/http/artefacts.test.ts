import { createHash } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openHttp, type HttpWorld } from './harness.ts'

let world: HttpWorld
let key: string
beforeAll(async () => {
  world = await openHttp()
  key = world.operator
})
afterAll(() => world.close())

const CHECKOUT = {
  sloId: 'checkout',
  title: 'Checkout',
  indicator: {
    kind: 'event-ratio',
    bad: { metric: 'checkout_failures_total' },
    total: { metric: 'checkouts_total' },
  },
  period: { rolling: '30d' },
  objectives: [{ percent: 99.5 }],
}

const get = (path: string) => world.ask(`/api/v1/artefacts${path}`, { key })
interface Listed {
  readonly name: string
  readonly files: readonly {
    readonly path: string
    readonly about: string
    readonly change: string
  }[]
  readonly rolledOut: object | null
  readonly loadedBy: readonly string[]
}

function targetOf({ targets }: { targets: readonly Listed[] }, name: string): Listed {
  return targets.find((target) => target.name === name)!
}

describe('the artefacts of a running server', () => {
  it('are listed by target, with their size, their hash and what they are', async () => {
    const { status, body } = await get('')
    expect(status).toBe(200)
    expect(body.leftOut.map(({ sloId }: { sloId: string }) => sloId)).toContain('recovery')
    const { files, rolledOut, loadedBy } = targetOf(body, 'prometheus')
    expect(rolledOut).toBe(null)
    expect(loadedBy[0]).toBe('rule_files: [alerts/prometheus/*.rules.yaml]')
    const path = 'alerts/prometheus/error-rate.rules.yaml'
    const listed = files.find((file) => file.path === path)
    const shown = await get(`/file?path=${path}`)
    expect(shown.headers.get('content-type')).toBe('application/yaml; charset=utf-8')
    expect(listed).toEqual({
      path,
      bytes: Buffer.byteLength(shown.text),
      sha256: createHash('sha256').update(shown.text).digest('hex'),
      about: 'rules and alerts of the SLO error-rate',
      change: null,
    })
    const all = (body.targets as Listed[]).flatMap((target) => target.files)
    expect(all.filter((file) => file.path === file.about)).toEqual([])
  })

  it('follow the options, which are those of the command line', async () => {
    const path = 'alerts/prometheus/error-rate.rules.yaml'
    const usual = await get(`/file?path=${path}`)
    const own = await get(`/file?path=${path}&reads=platform&tenantLabel=customer&download=true`)
    expect(usual.text).not.toContain('customer')
    expect(own.text).toContain('customer')
    expect(own.headers.get('content-disposition')).toBe(
      'attachment; filename="error-rate.rules.yaml"',
    )
    const refused = await get('?tenantLabel=a%20b&anchored=maybe')
    expect(refused.status).toBe(400)
    expect(refused.body.errors.map(({ field }: { field: string }) => field)).toEqual([
      'anchored',
      'tenantLabel',
    ])
    const few = await get('?maxGroups=2')
    expect([few.status, few.body.code]).toEqual([422, 'CODEGEN_TOO_MANY_RULES'])
    expect((await get('/file?path=../../etc/passwd')).status).toBe(404)
  })

  it('are packed as they are to lie', async () => {
    const response = await fetch(`${world.url}/api/v1/artefacts/archive?target=vmalert`, {
      headers: { authorization: `Bearer ${key}` },
    })
    expect(response.headers.get('content-disposition')).toBe(
      'attachment; filename="tenantry-vmalert.tar.gz"',
    )
    const tar = gunzipSync(new Uint8Array(await response.arrayBuffer())).toString()
    expect(tar).toContain('alerts/vmalert/error-rate.rules.yaml')
    expect(tar).toContain('alerts/runbooks/TenantryDown.md')
  })

  it('are compared with what was rolled out', async () => {
    expect((await get('/diff?target=prometheus')).status).toBe(404)
    const json = { target: 'prometheus', note: 'first', options: { anchored: true } }
    const kept = await world.ask('/api/v1/artefacts/roll-outs', { method: 'POST', key, json })
    expect(kept.status).toBe(201)
    expect(kept.body).toMatchObject({ note: 'first', options: { anchored: true } })

    const same = await get('/diff?target=prometheus&anchored=true')
    expect(same.body).toMatchObject({ files: [], same: kept.body.files })

    const put = { slos: [CHECKOUT] }
    await world.ask('/api/v1/slo/book', { method: 'PUT', key, json: put })
    const listed = targetOf((await get('?anchored=true')).body, 'prometheus')
    const changes = Object.groupBy(listed.files, ({ change }) => change)
    expect(changes['added']?.map(({ path }) => path)).toEqual([
      'alerts/prometheus/checkout.rules.yaml',
    ])
    expect(changes['same']?.length).toBeGreaterThan(0)

    const { body } = await get('/diff?target=prometheus&anchored=true')
    expect(body.files[0]).toMatchObject({ change: 'added', removedLines: 0 })
    expect(body.files[0].hunks[0].lines.every((line: string) => line.startsWith('+'))).toBe(true)
    expect(body.files.length).toBe(listed.files.length - (changes['same']?.length ?? 0))

    const again = await world.ask('/api/v1/artefacts/roll-outs', { method: 'POST', key, json })
    const older = await get(`/diff?target=prometheus&anchored=true&against=${kept.body.rollOutId}`)
    expect(older.body.files.length).toBe(body.files.length)
    expect((await get('/diff?target=prometheus&anchored=true')).body.files).toEqual([])
    const { items } = (await get('/roll-outs?target=prometheus')).body
    expect(items).toEqual([again.body, kept.body])
    const mixed = await get(`/diff?target=mimir&against=${kept.body.rollOutId}`)
    expect(mixed.status).toBe(404)
  })
})
