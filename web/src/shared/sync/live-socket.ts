import type { ServerMessage } from './wire'

export type SocketState = 'connecting' | 'live' | 'offline' | 'gone'

/** What a socket needs from the browser, so that tests can bring their own. */
export interface SocketPlatform {
  open: (url: string) => WebSocket
  random: () => number
}

export interface LiveSocketOptions {
  /** The address, asked anew for each connection since it may name the last seq seen. */
  url: () => string
  token: () => string | null
  /** Renews the token; false when the session has ended, which also ends the retries. */
  refresh: () => Promise<boolean>
  /** A message to send right after the token. */
  afterAuth?: () => object
  onMessage: (message: ServerMessage) => void
  onState: (state: SocketState) => void
  platform?: SocketPlatform
}

const FIRST_DELAY = 400
const LONGEST_DELAY = 15_000
/** Two missed pings of 25 s and some slack. */
const SILENCE = 60_000

const CLOSED = { expired: 4401, gone: 4404 }

const browser: SocketPlatform = { open: (url) => new WebSocket(url), random: Math.random }

/**
 * One authenticated socket that keeps itself connected. It knows nothing of what travels on it
 * besides heartbeat and close codes.
 */
export class LiveSocket {
  private socket: WebSocket | null = null
  private state: SocketState = 'connecting'
  private attempts = 0
  private renewed = false
  private timer: ReturnType<typeof setTimeout> | undefined
  private silence: ReturnType<typeof setTimeout> | undefined
  private stopped = true
  private readonly platform: SocketPlatform
  private readonly wake = () => {
    if (document.visibilityState !== 'hidden') this.reconnectNow()
  }
  private readonly lost = () => {
    if (this.socket) this.disconnected(this.socket, 1006)
  }

  constructor(private readonly options: LiveSocketOptions) {
    this.platform = options.platform ?? browser
  }

  start(): void {
    this.stopped = false
    addEventListener('online', this.wake)
    addEventListener('offline', this.lost)
    document.addEventListener('visibilitychange', this.wake)
    this.connect()
  }

  stop(): void {
    this.stopped = true
    removeEventListener('online', this.wake)
    removeEventListener('offline', this.lost)
    document.removeEventListener('visibilitychange', this.wake)
    clearTimeout(this.timer)
    this.release()?.close(1000)
  }

  /** Sends a message if the socket is live; says whether it did. */
  send(message: object): boolean {
    if (this.state !== 'live' || !this.socket) return false
    this.socket.send(JSON.stringify(message))
    return true
  }

  /** The handshake is over: what follows is live, and the next failure starts from scratch. */
  ready(): void {
    this.attempts = 0
    this.renewed = false
    this.setState('live')
  }

  /** The server could not do what was asked on this connection: try again on another one, later. */
  startOver(): void {
    if (this.socket) this.disconnected(this.socket, 1013)
  }

  reconnectNow(): void {
    if (this.stopped || this.state === 'gone' || this.socket) return
    clearTimeout(this.timer)
    this.attempts = 0
    this.connect()
  }

  private connect(): void {
    const socket = this.platform.open(this.options.url())
    this.socket = socket
    socket.onopen = () => {
      if (socket !== this.socket) return
      socket.send(JSON.stringify({ type: 'auth', token: this.options.token() ?? '' }))
      if (this.options.afterAuth) socket.send(JSON.stringify(this.options.afterAuth()))
      this.heard()
    }
    socket.onmessage = ({ data }) => {
      if (socket === this.socket) this.receive(socket, String(data))
    }
    socket.onclose = ({ code }) => {
      this.disconnected(socket, code)
    }
    this.heard()
  }

  private receive(socket: WebSocket, data: string): void {
    this.heard()
    const message = JSON.parse(data) as ServerMessage
    if (message.type === 'ping') socket.send('{"type":"pong"}')
    else this.options.onMessage(message)
  }

  /** A socket can die without a close; then silence is the only sign. */
  private heard(): void {
    clearTimeout(this.silence)
    this.silence = setTimeout(() => {
      if (this.socket) this.disconnected(this.socket, 1006)
    }, SILENCE)
  }

  private disconnected(socket: WebSocket, code: number): void {
    if (socket !== this.socket) return
    this.release()?.close()
    if (this.stopped) return
    if (code === CLOSED.gone) {
      this.setState('gone')
      return
    }
    this.setState('offline')
    if (code === CLOSED.expired && !this.renewed) void this.renew()
    else this.retryLater()
  }

  private async renew(): Promise<void> {
    this.renewed = true
    try {
      const renewed = await this.options.refresh()
      if (this.stopped || this.socket) return
      if (renewed) this.connect()
    } catch {
      this.renewed = false
      this.retryLater()
    }
  }

  private retryLater(): void {
    const ceiling = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** this.attempts)
    this.attempts += 1
    const delay = ceiling / 2 + (this.platform.random() * ceiling) / 2
    clearTimeout(this.timer)
    this.timer = setTimeout(() => {
      if (!this.stopped && !this.socket) this.connect()
    }, delay)
  }

  private release(): WebSocket | null {
    const socket = this.socket
    this.socket = null
    clearTimeout(this.silence)
    if (socket) socket.onopen = socket.onmessage = socket.onclose = null
    return socket
  }

  private setState(state: SocketState): void {
    if (this.state === state) return
    this.state = state
    this.options.onState(state)
  }
}
