/** Waits for a push that the server carries out, and says how far it is. */
import { SECOND_MS } from '../../../core/time.ts'
import { systemClock } from '../../../machinery/runtime/clock.ts'
import type { ApiClient } from '../client.ts'
import { openProgress } from '../progress.ts'
import type { Push, PushDetails } from './engine-text.ts'

const FIRST_LOOK_MS = 50

/** Asks until it has ended. */
export async function followPush(client: ApiClient, push: Push): Promise<PushDetails> {
  const clock = systemClock()
  const progress = openProgress()
  const path = `/api/v1/engines/${encodeURIComponent(push.engine)}/pushes/${push.pushId}`
  try {
    for (let pauseMs = FIRST_LOOK_MS; ; pauseMs = Math.min(2 * pauseMs, SECOND_MS)) {
      const details = await client.get<PushDetails>(path)
      if (details.outcome !== 'running') return details
      const done = details.items.filter(({ outcome }) => outcome !== 'begun').length
      progress.at(() => `${done} of ${push.owners} tenants`)
      await clock.sleep(pauseMs)
    }
  } finally {
    progress.end()
  }
}
