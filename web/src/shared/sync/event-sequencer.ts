import type { BoardEvent } from '@/shared/api/types'

/** Lets events through in order, each once; a gap holds them back until a snapshot closes it. */
export class EventSequencer {
  private buffered: BoardEvent[] | null = null

  constructor(private seq: number) {}

  /** The last seq that was let through. */
  get last(): number {
    return this.seq
  }

  /** Whether events are held back because some are missing. */
  get waiting(): boolean {
    return this.buffered !== null
  }

  /** Takes an event that arrived; returns the one that may be applied now, if any. */
  offer(event: BoardEvent): BoardEvent | null {
    if (event.seq <= this.seq) return null
    if (this.buffered) {
      this.buffered.push(event)
      return null
    }
    if (event.seq > this.seq + 1) {
      this.buffered = [event]
      return null
    }
    this.seq = event.seq
    return event
  }

  /** Holds events back until the next snapshot. */
  hold(): void {
    this.buffered ??= []
  }

  /** Goes on from a snapshot; returns the held events that follow it without a gap. */
  resume(seq: number): BoardEvent[] {
    const held = (this.buffered ?? []).sort((a, b) => a.seq - b.seq)
    this.buffered = null
    this.seq = seq
    return held.flatMap((event) => this.offer(event) ?? [])
  }
}
