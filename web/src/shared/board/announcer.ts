import { ref } from 'vue'

/** What the board's live region reads out next. */
export const announcement = ref('')

/** Reads a sentence out, also when it is the same as the last one. */
export function announce(text: string): void {
  announcement.value = announcement.value === text ? `${text}\u00a0` : text
}
