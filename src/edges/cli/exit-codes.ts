/** What a command's exit code says. */
export const EXIT = {
  ok: 0,
  /** The command worked; the thing asked about is not so: an invalid file, a broken chain. */
  notSo: 1,
  usage: 2,
  operatingFailure: 3,
} as const
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]
