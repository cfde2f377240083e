import { computed } from 'vue'
import { useRoute, useRouter } from 'vue-router'

/**
 * Which card lies open over the board, as the address says. Behind a share link the number is in
 * the query, so that the token in the hash stays.
 */
export function useCardLink() {
  const route = useRoute()
  const router = useRouter()
  const isShare = computed(() => route.name === 'share')

  const current = computed(() => {
    const text = isShare.value ? route.query.card : route.params.number
    const number = Number(text)
    return Number.isInteger(number) && number > 0 ? number : null
  })

  function to(number: number) {
    const { query, hash } = route
    if (isShare.value) return { query: { ...query, card: String(number) }, hash }
    return { name: 'card', params: { boardId: route.params.boardId, number: String(number) }, query }
  }

  function href(number: number): string {
    return router.resolve(to(number)).href
  }

  async function open(number: number): Promise<void> {
    await router.push(to(number))
  }

  async function close(): Promise<void> {
    if (current.value === null) return
    if (isShare.value) {
      await router.push({ query: { ...route.query, card: undefined }, hash: route.hash })
    } else {
      await router.push({
        name: 'board',
        params: { boardId: route.params.boardId },
        query: route.query,
      })
    }
  }

  return { current, href, open, close }
}
