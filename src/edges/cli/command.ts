/**
 * What the command files share: the exit code to leave with, and the options that reach a running
 * server.
 */
import type { Command } from 'commander'
import { readSettings } from '../../machinery/runtime/settings.ts'
import { findServer, openClient, type ApiClient } from './client.ts'
import type { ExitCode } from './exit-codes.ts'

export interface CommandContext {
  exitCode: ExitCode
}

export type Register = (program: Command, context: CommandContext) => void

export interface ClientOptions {
  readonly data?: string
  readonly url?: string
  readonly json?: boolean
}

/** Adds the options of a command that asks a running server. */
export function withClientOptions(command: Command): Command {
  return command
    .option('--data <DIR>', 'the data directory of the running server')
    .option('--url <URL>', 'another server; its key is taken from TENANTRY_KEY')
    .option('--json', 'print one JSON document')
}

/** Opens a client of the server that the options mean. Throws CLI_NO_SERVER. */
export function clientOf(options: ClientOptions): ApiClient {
  const settings = readSettings(options.data === undefined ? {} : { dataDirectory: options.data })
  const url = options.url ?? settings.clientUrl
  return openClient(
    findServer({
      data: settings.dataDirectory,
      ...(url === undefined ? {} : { url }),
      ...(settings.clientKey === undefined ? {} : { key: settings.clientKey }),
    }),
  )
}
