/** How much CPU a child process used, by what the kernel says of it while it lives. */
import { readFileSync } from 'node:fs'

/** Linux counts in hundredths of a second for whoever asks this way. */
const TICKS_A_SECOND = 100

/** Looks once a second. Returns a call that ends it and tells the CPU seconds; null where the
 *  system has no `/proc`. */
export function watchCpu(pid: number): () => number | null {
  let seconds: number | null = null
  const look = (): void => {
    seconds = cpuSecondsOf(pid) ?? seconds
  }
  const timer = setInterval(look, 1_000)
  return () => {
    clearInterval(timer)
    return seconds
  }
}

function cpuSecondsOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name in brackets may hold anything; user and system time are the 12th and 13th after it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND
  } catch {
    return null
  }
}
