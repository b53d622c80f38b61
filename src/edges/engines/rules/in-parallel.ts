/** Calls for each item, so many at a time. Shape: results in the order of items. Rejects with the
 *  first failure, once what was under way has ended. */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  width: number,
  call: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  let next = 0
  const work = async (): Promise<void> => {
    while (next < items.length) {
      const at = next
      next += 1
      results[at] = await call(items[at]!)
    }
  }
  const settled = await Promise.allSettled(
    Array.from({ length: Math.min(width, items.length) }, work),
  )
  for (const one of settled) if (one.status === 'rejected') throw one.reason
  return results
}
