"""How long a change takes from the writer's answer to the watcher's screen."""

from dataclasses import dataclass

from playwright.sync_api import Page

# The clock of both pages is the browser's own, so their moments can be compared.
WATCH_FOR_CARD = """([listId, cardId]) => {
  const shown = () =>
    document.querySelector(`[data-list="${listId}"] [data-card="${cardId}"]`) !== null
  window.seenAt = new Promise((resolve) => {
    const note = () => {
      if (!shown()) return
      observer.disconnect()
      resolve(performance.timeOrigin + performance.now())
    }
    const observer = new MutationObserver(note)
    observer.observe(document.body, { childList: true, subtree: true })
    note()
  })
}"""
ANSWERED_AT = """(path) => {
  const calls = performance.getEntriesByType('resource').filter((one) => one.name.includes(path))
  return performance.timeOrigin + calls[calls.length - 1].responseEnd
}"""


@dataclass(frozen=True)
class Delay:
    """When the writer had the answer and when the watcher saw the change, in ms of one clock."""

    answered: float
    seen: float

    @property
    def ms(self) -> float:
        """Milliseconds from the answer to the other screen; below zero where the event was faster."""
        return self.seen - self.answered


def watch_for_card(watcher: Page, list_id: str, card_id: str) -> None:
    """Starts to look for a card in a list."""
    watcher.evaluate(WATCH_FOR_CARD, [list_id, card_id])


def delay_of_move(writer: Page, watcher: Page, path: str) -> Delay:
    """The delay of the move that the watcher was told to look for and the writer has made."""
    seen = watcher.evaluate("() => window.seenAt")
    answered = writer.evaluate(ANSWERED_AT, path)
    return Delay(float(answered), float(seen))
