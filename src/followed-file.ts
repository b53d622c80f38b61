/**
 * A file of configuration that is looked at while the server runs, also one that comes later: a
 * good one is taken over, a bad one leaves what was there before, and says so.
 */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock, Counters, Log } from './core/ports.ts'

/** Finds a file in a directory of configuration. */
export function findInDirectory(directory: string, name: string): string | undefined {
  const path = join(directory, name)
  return existsSync(path) ? path : undefined
}

/** Tells where a file of a directory of configuration may yet come. */
export function toComeInDirectory(directory: string, name: string): string | undefined {
  const isDirectory = statSync(directory, { throwIfNoEntry: false })?.isDirectory() === true
  return isDirectory ? join(directory, name) : undefined
}

export interface FollowedFile {
  /** Names the file where there is none, for the case that it comes. Call it before `start`. */
  awaitFile(path: string): void
  start(): void
  stop(): Promise<void>
  /** What is wrong with the file as it is now, in words; empty while it is followed. */
  refused(): readonly string[]
}

/** Nobody waits long for a file that was saved. */
const LOOK_MS = 5_000

/** Follows a file whose first text was already taken over. */
export function openFollowedFile(parts: {
  readonly file: string | undefined
  /** Takes a text over, or tells what is wrong with it. Resolves to problems; none is success. */
  readonly take: (path: string, text: string) => Promise<readonly string[]>
  readonly words: {
    /** Such as `the scrape file`. */
    readonly file: string
    /** What stays where it is not valid, such as `the jobs`. */
    readonly stays: string
  }
  readonly metrics: { readonly valid: string; readonly reloads: string }
  readonly clock: Clock
  readonly counters: Counters
  readonly log: Log
}): FollowedFile {
  const { take, words, metrics, clock, counters, log } = parts
  let { file } = parts
  const aborter = new AbortController()
  /** Of the file as it was last; undefined while it was never there. */
  let text = file === undefined ? undefined : readFileSync(file, 'utf8')
  let refused: readonly string[] = []
  let running: Promise<void> = Promise.resolve()
  counters.gauge(metrics.valid, () => (refused.length === 0 ? 1 : 0))

  const refuse = (path: string, why: readonly string[]): void => {
    refused = why.map(
      (each) => `${path}:${each}; ${words.stays} are still those before it was changed`,
    )
    counters.add(metrics.reloads, 1, { outcome: 'refused' })
    log.error({ file: path, problems: why }, `${words.file} is not valid: ${words.stays} stay`)
  }

  /** Reads the file again where it changed, or for the first time where it came. */
  const look = async (path: string): Promise<void> => {
    const now = await readFile(path, 'utf8').catch((error: Error) => error)
    const nowText = typeof now === 'string' ? now : `unreadable: ${now.message}`
    if (nowText === text || (text === undefined && isMissing(now))) return
    text = nowText
    if (typeof now !== 'string') return refuse(path, [` ${now.message}`])
    const problems = await take(path, now)
    if (problems.length > 0) return refuse(path, problems)
    refused = []
    counters.add(metrics.reloads, 1, { outcome: 'ok' })
    log.info({ file: path }, `${words.file} was read`)
  }

  const run = async (): Promise<void> => {
    while (file !== undefined && !aborter.signal.aborted) {
      await clock.sleep(LOOK_MS, aborter.signal)
      if (!aborter.signal.aborted) await look(file)
    }
  }

  return {
    awaitFile(path) {
      file ??= path
    },
    start() {
      running = run().catch((error: unknown) => {
        log.error({ err: error }, `${words.file} is not followed any more`)
      })
    },
    async stop() {
      aborter.abort()
      await running
    },
    refused: () => refused,
  }
}

function isMissing(read: string | Error): boolean {
  return typeof read !== 'string' && (read as NodeJS.ErrnoException).code === 'ENOENT'
}
