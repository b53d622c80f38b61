import { describe, expect, it } from 'vitest'
import { TenantryError } from '../../../src/core/errors.ts'
import { openLogger } from '../../../src/machinery/runtime/logger.ts'
import { openSimClock } from '../../../src/machinery/runtime/sim-clock.ts'

const ROW = { code: 'X_FAILED', status: 500, retryable: false, hint: 'Try y.' }

function written(
  level: 'info' | 'error',
  log: (log: ReturnType<typeof openLogger>) => void,
): unknown[] {
  const lines: string[] = []
  const clock = openSimClock(Date.UTC(2026, 10, 24))
  log(openLogger({ level, clock, destination: { write: (line) => void lines.push(line) } }))
  return lines.map((line) => JSON.parse(line) as unknown)
}

describe('the log', () => {
  it('writes one JSON line an event, at the time of the clock', () => {
    expect(written('info', (log) => log.child({ part: 'a' }).info({ count: 2 }, 'done'))).toEqual([
      { level: 'info', time: '2026-11-24T00:00:00.000Z', part: 'a', count: 2, msg: 'done' },
    ])
  })

  it('leaves out what is below its level', () => {
    const lines = written('error', (log) => {
      log.info({}, 'no')
      log.warn({}, 'no')
      log.error({}, 'yes')
    })
    expect(lines).toHaveLength(1)
  })

  it('writes an operating failure with its code, hint and chain of causes', () => {
    const error = new TenantryError(ROW, 'doing x', {
      cause: new Error('because of y', { cause: new Error('because of z') }),
      details: { path: '/p' },
    })
    expect(written('info', (log) => log.error({ error }, 'failed'))).toMatchObject([
      {
        error: {
          code: 'X_FAILED',
          message: 'doing x',
          hint: 'Try y.',
          details: { path: '/p' },
          causes: ['because of y', 'because of z'],
        },
      },
    ])
  })

  it('writes the stack of a programmer’s error', () => {
    const [line] = written('info', (log) => log.error({ err: new Error('assertion failed') }, 'x'))
    expect(line).toMatchObject({ err: { message: 'assertion failed', stack: expect.any(String) } })
  })

  it('keeps secrets out', () => {
    const fields = { secret: 's1', webhook: { secret: 's2', authorization: 's3', url: 'shown' } }
    const [line] = written('info', (log) => log.info(fields, 'x'))
    expect(line).toMatchObject({
      secret: '[secret]',
      webhook: { secret: '[secret]', authorization: '[secret]', url: 'shown' },
    })
  })
})
