import type { Filter } from '@aws-sdk/client-ec2'
import type { Call } from '../../call.ts'
import type { Reader } from '../../reader.ts'
import { batchesOf } from '../batches.ts'

/** A filter takes at most 200 values. */
const valuesInAFilter = 200

/** One page: asks AWS and says what came, and the token of the next page. */
export type FetchPage<Item> = (
  call: Call,
  ask: { Filters?: Filter[]; NextToken?: string },
) => Promise<{ items: Item[] | undefined; token?: string | undefined }>

/** Reads a kind of EC2's. By filter, never by id: one unknown id would fail the whole call. */
export const createReader = <Item, One>(options: {
  fetch: FetchPage<Item>
  idFilter: string
  to: (item: Item) => One
}): Reader<One> => {
  const { fetch, idFilter, to } = options

  async function* pages(call: Call, filters?: Filter[]): AsyncGenerator<One[]> {
    let token: string | undefined
    do {
      const page = await fetch(call, {
        ...(filters === undefined ? {} : { Filters: filters }),
        ...(token === undefined ? {} : { NextToken: token }),
      })
      yield (page.items ?? []).map(to)
      token = page.token
    } while (token)
  }

  return {
    list: (call) => pages(call),
    describe: async (call, ids) => {
      const found: One[] = []
      for (const Values of batchesOf(ids, valuesInAFilter)) {
        for await (const page of pages(call, [{ Name: idFilter, Values }])) found.push(...page)
      }
      return found
    },
  }
}
