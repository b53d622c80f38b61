/**
 * Requests that wait on the disk: those of a tenant that its engine holds up, so that they do not
 * take the memory that others need. Nothing of it outlives the process, because the log has it all.
 */
import { closeSync, ftruncateSync, openSync, readSync, rmSync, writeSync } from 'node:fs'

export interface Spilled {
  readonly at: number
  readonly length: number
}

export interface Spill {
  /** Throws what the disk says. */
  put(body: Uint8Array): Spilled
  read(spilled: Spilled): Uint8Array
  /** Says that it is not needed any more. */
  free(spilled: Spilled): void
  close(): void
}

/** Opens a file, which is made when it is first needed and is emptied when nothing is in it. */
export function openSpill(path: string): Spill {
  // One that a crash left behind
  rmSync(path, { force: true })
  let file: number | null = null
  let end = 0
  let held = 0
  return {
    put(body) {
      file ??= openSync(path, 'w+')
      const spilled = { at: end, length: body.length }
      for (let written = 0; written < body.length;) {
        written += writeSync(file, body, written, body.length - written, end + written)
      }
      end += body.length
      held += 1
      return spilled
    },
    read({ at, length }) {
      const body = Buffer.alloc(length)
      for (let filled = 0; filled < length;) {
        const read = readSync(file!, body, filled, length - filled, at + filled)
        if (read === 0) throw new Error(`${path} ends before what was written to it`)
        filled += read
      }
      return body
    },
    free() {
      held -= 1
      if (held > 0 || file === null) return
      ftruncateSync(file, 0)
      end = 0
    },
    close() {
      if (file === null) return
      closeSync(file)
      rmSync(path, { force: true })
      file = null
    },
  }
}
