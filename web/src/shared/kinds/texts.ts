import { useI18n } from 'vue-i18n'

/** `fetch_pages` as `Fetch pages`, for what has no text of its own. */
export function readable(name: string): string {
  const words = name.replaceAll(/[._-]+/g, ' ').trim()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/**
 * What people read about kinds of jobs and their parameters. The route of a page that uses
 * it loads the texts by `loadPageTexts`. Kinds of plugins have none there: the kind's own schema speaks for them.
 */
export function useKindTexts() {
  const i18n = useI18n()
  const textOf = (key: string): string | undefined =>
    i18n.te(`kinds.${key}`) ? i18n.t(`kinds.${key}`) : undefined

  return {
    title: (kind: string, own?: string | null): string =>
      textOf(`${kind}.title`) ?? own ?? readable(kind),
    summary: (kind: string, own?: string | null): string | undefined =>
      textOf(`${kind}.summary`) ?? own ?? undefined,
    /** `path` names a field inside of another one by a dot, without the numbers of list items. */
    label: (kind: string, path: string, own?: string): string =>
      textOf(`${kind}.fields.${path}.label`) ?? own ?? readable(path.split('.').at(-1) ?? path),
    help: (kind: string, path: string, own?: string): string | undefined =>
      // Where the kind has texts here, none means that the label says it; its own words are English.
      textOf(`${kind}.fields.${path}.help`) ?? (textOf(`${kind}.title`) === undefined ? own : undefined),
    /** The name of one of a field's choices. */
    option: (kind: string, path: string, value: string, own?: string): string =>
      textOf(`${kind}.fields.${path}.options.${value}`) ??
      own ??
      // `csv` and `1080p` are names already.
      (/^[a-z_-]*[aeiou][a-z_-]*$/.test(value) ? readable(value) : value),
    /** The heading over fields that belong together (`ui.group`). */
    group: (kind: string, group: string): string =>
      textOf(`${kind}.groups.${group}`) ?? readable(group),
  }
}

export type KindTexts = ReturnType<typeof useKindTexts>
