import { basename } from 'node:path'
import { describe, expect, it } from 'vitest'
import { assembled, assemblyFiles } from '../../tools/assemble.ts'

describe.each(assemblyFiles().map((file) => [basename(file.text), file] as const))(
  '%s',
  (_, file) => {
    it('is what the code beside it was assembled from', async () => {
      await expect(await assembled(file.text)).toMatchFileSnapshot(file.code)
    })
  },
)
