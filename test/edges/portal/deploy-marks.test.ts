import { describe, expect, it } from 'vitest'
import type { DeployBody } from '../../../src/edges/http/api/deploys.schema.ts'
import { deployMarks, deployWords } from '../../../src/edges/portal/signals/deploy-marks.ts'

const deploys = (count: number): DeployBody[] =>
  Array.from({ length: count }, (_, index) => ({
    deployId: `dpl_${String(index)}`,
    source: 'ci',
    eventId: String(index),
    service: 'api',
    version: `1.${String(index)}`,
    atMs: 1_790_000_000_000 - index * 60_000,
    recordedAtMs: 0,
    tenants: 'all',
  }))

describe('deploys', () => {
  it('are marked, the newest by name', () => {
    const marks = deployMarks(deploys(8))
    expect(marks.map(({ name }) => name)).toEqual([
      'api 1.0',
      'api 1.1',
      'api 1.2',
      'api 1.3',
      'api 1.4',
      'api 1.5',
      '',
      '',
    ])
    expect(marks[7]!.atMs).toBe(1_790_000_000_000 - 420_000)
  })

  it('are told in words', () => {
    expect(deployWords([])).toBeNull()
    expect(deployWords(deploys(1))).toMatch(/^Deploys: api 1\.0 at \d+ Sept?, \d\d:\d\d$/)
    expect(deployWords(deploys(6))).toMatch(/api 1\.3 at [^;]+; and 2 more$/)
  })
})
