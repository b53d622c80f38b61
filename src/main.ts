import { runCli } from './edges/cli/cli.ts'

process.exitCode = await runCli(process.argv.slice(2))
