/** The messages of a server-sent stream: what stands behind `data:` and the name of its event. */
export interface StreamMessage {
  event: string
  data: string
}

/** Cuts a stream of bytes into messages, wherever the network has cut it. */
export async function* messagesOf(
  stream: ReadableStream<Uint8Array>,
): AsyncGenerator<StreamMessage, void> {
  const reader = stream.getReader()
  const decoder = new TextDecoder()
  let rest = ''
  try {
    for (;;) {
      const { value, done } = await reader.read()
      if (done) return
      const parts = (rest + decoder.decode(value, { stream: true })).split('\n\n')
      rest = parts.pop() ?? ''
      for (const part of parts) {
        const message = parse(part)
        if (message) yield message
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}

function parse(part: string): StreamMessage | null {
  let event = 'message'
  let data: string | null = null
  for (const line of part.split('\n')) {
    if (line.startsWith('event: ')) event = line.slice(7)
    else if (line.startsWith('data: ')) data = line.slice(6)
  }
  return data === null ? null : { event, data }
}
