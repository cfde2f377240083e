import { expect, it } from 'vitest'

import { messagesOf, type StreamMessage } from './sse'

function cut(text: string, size: number): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text)
  return new ReadableStream({
    start(controller) {
      for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.slice(at, at + size))
      controller.close()
    },
  })
}

it.each([1, 2, 3, 7, 1000])('reads the same messages from pieces of %i bytes', async (size) => {
  const text = 'id: 5\ndata: {"a":"一\\n二"}\n\n: still here\n\nevent: end\ndata: {}\n\n'
  const found: StreamMessage[] = []
  for await (const message of messagesOf(cut(text, size))) found.push(message)

  expect(found).toEqual([
    { event: 'message', data: '{"a":"一\\n二"}' },
    { event: 'end', data: '{}' },
  ])
})
