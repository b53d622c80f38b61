/** The real thread: what it makes is what the caller would have made, and what it refuses is refused alike. */
import { describe, expect, it } from 'vitest'
import { openArtefacts } from '../src/artefacts.ts'
import { DEFAULT_INPUT } from '../src/codegen/input.ts'
import { doJob, type CodegenJob } from '../src/codegen/job.ts'
import { TARGET_NAMES } from '../src/codegen/targets.ts'

describe('artefacts made in a thread', () => {
  it('are those that are made without one', async () => {
    const made = await openArtefacts().make(DEFAULT_INPUT)
    const job = { kind: 'make', targets: TARGET_NAMES, input: DEFAULT_INPUT } as const
    expect(made).toEqual(await doJob(job))
  })

  it('are refused with the same code and hint', async () => {
    const options = { ...DEFAULT_INPUT.options, maxGroups: 1 }
    const input = { ...DEFAULT_INPUT, options }
    await expect(openArtefacts().make(input)).rejects.toMatchObject({
      code: 'CODEGEN_TOO_MANY_RULES',
      status: 422,
    })
  })

  it('are made once for the same input, one after the other, and again after a failure', async () => {
    let running = 0
    const done: string[] = []
    const artefacts = openArtefacts({
      async doJob(job: CodegenJob) {
        expect((running += 1)).toBe(1)
        await Promise.resolve()
        running -= 1
        done.push(job.kind)
        if (done.length === 1) throw new Error('first')
        return { targets: [], leftOut: [] } as never
      },
    })
    const first = artefacts.make(DEFAULT_INPUT)
    const comparing = artefacts.compare([], [])
    await expect(first).rejects.toThrow('first')
    await comparing
    const [one, two] = [artefacts.make(DEFAULT_INPUT), artefacts.make(DEFAULT_INPUT)]
    expect(await one).toBe(await two)
    expect(done).toEqual(['make', 'compare', 'make'])
  })
})
