/** What an app keeps its state in: control database, bulk files, log. */
import { SHARED_FILE } from './core/names/bulk-file.ts'
import type { BulkWriter } from './core/ports.ts'
import type { AppParts } from './app-parts.ts'
import type { Closing } from './closing.ts'
import { dataPaths, refuseLostControl } from './data-directory.ts'
import type { Settings } from './machinery/runtime/settings.ts'
import { appliedPosition } from './machinery/storage/bulk-writer.ts'
import { openDatabase, type Database } from './machinery/storage/database.ts'
import { watchLog } from './machinery/storage/wal-watch.ts'
import { openLog, type WriteAheadLog } from './machinery/storage/wal.ts'

export interface Stores {
  readonly control: Database
  readonly bulk: BulkWriter
  readonly wal: WriteAheadLog
}

/** Opens them; what is opened is closed with the app. Throws DATABASE_OPEN, CONTROL_LOST,
 *  LOG_DAMAGED. */
export function openStores(
  { dataDirectory }: Settings,
  { clock, disk, log, openBulk, telemetry }: AppParts,
  closing: Closing,
): Stores {
  const paths = dataPaths(dataDirectory)
  refuseLostControl(paths)
  const control = openDatabase({ path: paths.control, kind: 'control' })
  closing.add(() => void control.close())
  const bulk = openBulk(paths.bulk)
  closing.add(() => bulk.close())
  const startPosition = appliedPosition(bulk, SHARED_FILE)
  const opened = openLog({ disk, directory: paths.log, startPosition, log })
  const wal = watchLog(opened, { clock, counters: telemetry })
  closing.add(() => wal.close())
  return { control, bulk, wal }
}
