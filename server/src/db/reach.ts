import { AsyncLocalStorage } from 'node:async_hooks'

/**
 * What the queries of a piece of work may reach, which PostgreSQL holds them to: the rows of one workspace; what has to be
 * read before the workspace is known (the grants of `keyroster_panel`); or nothing.
 */
export type Reach = { workspaceId: string } | 'panel' | 'nothing'

const reach = new AsyncLocalStorage<Reach>()

/** Runs `work`, and all that it awaits, where there is nothing but this workspace. */
export function inWorkspace<T>(workspaceId: string, work: () => T): T {
  return reach.run({ workspaceId }, work)
}

/** Runs `work` where no workspace is known yet. Who may call this is listed in walls.test.ts: as few as possible. */
export function panelWide<T>(work: () => T): T {
  return reach.run('panel', work)
}

/** Runs `work` where no query is answered, until it says for whom it asks. */
export function reachingNothing<T>(work: () => T): T {
  return reach.run('nothing', work)
}

/** What the work at hand may reach; undefined where nobody said, as at the start and on the console. */
export function currentReach(): Reach | undefined {
  return reach.getStore()
}

/**
 * The same items, each step taken with the reach of now: a stream is read when its reader is ready, long after the request
 * that began it.
 */
export function keepReach<T>(items: AsyncIterable<T>): AsyncIterable<T> {
  const now = AsyncLocalStorage.snapshot()
  return {
    [Symbol.asyncIterator]() {
      const iterator = items[Symbol.asyncIterator]()
      return {
        next: () => now(() => iterator.next()),
        return: () => now(() => iterator.return?.() ?? Promise.resolve({ done: true, value: undefined })),
      }
    },
  }
}
