/** Log lines before a reader that keeps up, one that does not, and one that has gone. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LOG_SINK_LIMITS, openLogSink } from '../../../src/machinery/runtime/log-sink.ts'
import { openSimClock } from '../../../src/machinery/runtime/sim-clock.ts'

/** A pipe with so much room, that is read now and then. */
function pipe(roomBytes: number) {
  const clock = openSimClock(0)
  const state = { room: roomBytes, text: '' }
  const sink = openLogSink({
    clock,
    writeBytes(bytes) {
      if (state.room === 0) throw Object.assign(new Error('no room'), { code: 'EAGAIN' })
      const taken = bytes.subarray(0, state.room)
      state.room -= taken.length
      state.text += Buffer.from(taken).toString('latin1')
      return taken.length
    },
  })
  return { clock, state, sink }
}

describe('a sink of log lines', () => {
  it('writes a line before it returns', () => {
    const { state, sink } = pipe(100)
    sink.write('one\n')
    expect(state.text).toBe('one\n')
  })

  it('holds up nobody where there is no room, and goes on where a line was cut', async () => {
    const { clock, state, sink } = pipe(6)
    sink.write('one\n')
    sink.write('two\n')
    sink.write('three\n')
    expect(state.text).toBe('one\ntw')
    state.room = 100
    await clock.advance(LOG_SINK_LIMITS.retryMs)
    expect(state.text).toBe('one\ntwo\nthree\n')
  })

  it('says how many lines were left out, once there is room', async () => {
    const { clock, state, sink } = pipe(0)
    const line = `${'x'.repeat(1_048_575)}\n`
    for (let count = 0; count < 11; count += 1) sink.write(line)
    state.room = 100 * line.length
    await clock.advance(LOG_SINK_LIMITS.retryMs)
    const lines = state.text.split('\n').filter((text) => text !== '')
    expect(lines).toHaveLength(9)
    expect(JSON.parse(lines[8]!)).toMatchObject({ level: 'warn', leftOut: 3 })
  })

  it('lets lines go where nobody reads any more', async () => {
    const clock = openSimClock(0)
    const sink = openLogSink({
      clock,
      writeBytes() {
        throw Object.assign(new Error('closed'), { code: 'EPIPE' })
      },
    })
    expect(() => sink.write('one\n')).not.toThrow()
    await clock.advance(1_000)
  })

  it('writes every line once, whole and in order, whenever there is room', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            fc.record({ line: fc.integer({ min: 0, max: 20 }) }),
            fc.record({ room: fc.integer({ min: 0, max: 60 }) }),
          ),
          { maxLength: 60 },
        ),
        async (steps) => {
          const { clock, state, sink } = pipe(0)
          let expected = ''
          for (const [index, step] of steps.entries()) {
            if ('line' in step) {
              const line = `${String(index)}${'x'.repeat(step.line)}\n`
              expected += line
              sink.write(line)
            } else {
              state.room += step.room
              await clock.advance(LOG_SINK_LIMITS.retryMs)
            }
            expect(expected.startsWith(state.text)).toBe(true)
          }
          state.room = 10_000
          sink.flush()
          expect(state.text).toBe(expected)
        },
      ),
    )
  })
})
