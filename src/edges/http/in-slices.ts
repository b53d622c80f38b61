/** Takes the steps of work that an answer needs, and gives other work a turn after each slice. */
import type { Clock } from '../../core/ports.ts'
import { HTTP_LIMITS } from './limits.ts'

export async function inSlices<Value>(
  clock: Pick<Clock, 'monotonicMs' | 'sleep'>,
  work: Generator<void, Value>,
): Promise<Value> {
  let untilMs = clock.monotonicMs() + HTTP_LIMITS.workSliceMs
  for (;;) {
    const step = work.next()
    if (step.done === true) return step.value
    if (clock.monotonicMs() < untilMs) continue
    await clock.sleep(0)
    untilMs = clock.monotonicMs() + HTTP_LIMITS.workSliceMs
  }
}
