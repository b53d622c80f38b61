/**
 * The sample platform's process: a child of the demo. It starts when told, stops when told, and
 * ends when its parent is gone, however that came about. An interrupt from the keyboard reaches
 * parent and child alike; the parent decides.
 */
import { systemClock } from '../../machinery/runtime/clock.ts'
import type { FromPlatform, ToPlatform } from './platform-protocol.ts'
import { openPlatform, type Platform } from './platform-server.ts'

const platforms: Platform[] = []

async function hear(message: ToPlatform): Promise<void> {
  if (message.say === 'start') {
    const platform = await openPlatform(message, systemClock())
    platforms.push(platform)
    tell({ say: 'listening', port: platform.port })
    return
  }
  await Promise.all(platforms.map((platform) => platform.close()))
  process.exit(0)
}

function tell(message: FromPlatform): void {
  process.send?.(message)
}

process.on('SIGINT', () => {})
process.on('disconnect', () => process.exit(0))
process.on('message', (message: ToPlatform) => {
  hear(message).catch((error: unknown) => {
    process.stderr.write(`sample platform: ${String(error)}\n`)
    process.exit(1)
  })
})
tell({ say: 'ready' })
