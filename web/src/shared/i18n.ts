import { createI18n } from 'vue-i18n'

import { compileMessage } from './message-format'

export const locales = ['en', 'zh-CN'] as const
export type AppLocale = (typeof locales)[number]

export const localeNames: Record<AppLocale, string> = { en: 'English', 'zh-CN': '中文' }

const storageKey = 'taskly.locale'

type Messages = Record<string, Record<string, string>>

const loaders: Record<AppLocale, () => Promise<{ default: Messages }>> = {
  en: () => import('@/locales/en'),
  'zh-CN': () => import('@/locales/zh-CN'),
}

const pageLoaders: typeof loaders = {
  en: () => import('@/locales/en.pages'),
  'zh-CN': () => import('@/locales/zh-CN.pages'),
}
/** Set once a page has asked for them; a change of the language then brings them too. */
let wantsPages = false
const withPages = new Set<AppLocale>()

export const i18n = createI18n({
  legacy: false,
  locale: 'en',
  fallbackLocale: 'en',
  messages: {},
  // The part before the first dot is the file, the rest is the key in it.
  messageResolver: (messages, path) => {
    const dot = path.indexOf('.')
    return (messages as Messages)[path.slice(0, dot)]?.[path.slice(dot + 1)] ?? null
  },
  messageCompiler: (message) => compileMessage(typeof message === 'string' ? message : ''),
  missingWarn: import.meta.env.DEV,
  fallbackWarn: import.meta.env.DEV,
})

export function isLocale(value: unknown): value is AppLocale {
  return locales.includes(value as AppLocale)
}

/** The language of the last visit, else the browser's first one that we speak. */
export function preferredLocale(): AppLocale {
  let wanted: readonly string[] = navigator.languages
  try {
    const stored = localStorage.getItem(storageKey)
    if (isLocale(stored)) wanted = [stored]
  } catch {
    // Storage can be blocked; the browser's languages are used then.
  }
  for (const tag of wanted) {
    if (isLocale(tag)) return tag
    const language = tag.split('-')[0]
    if (language === 'zh') return 'zh-CN'
    if (language === 'en') return 'en'
  }
  return 'en'
}

async function loadPages(locale: AppLocale): Promise<void> {
  if (!wantsPages || withPages.has(locale)) return
  const messages = await pageLoaders[locale]()
  i18n.global.mergeLocaleMessage(locale, messages.default)
  withPages.add(locale)
}

/**
 * Loads the texts that only some pages need, such as `kinds.download.title`. Their
 * routes ask for them together with the page, so that they are there when it is drawn.
 */
export async function loadPageTexts(): Promise<void> {
  wantsPages = true
  await loadPages(currentLocale())
}

/** Loads a language if needed and shows the app in it, without a reload. */
export async function setLocale(locale: AppLocale): Promise<void> {
  const global = i18n.global
  if (!global.availableLocales.includes(locale)) {
    const messages = await loaders[locale]()
    global.setLocaleMessage(locale, messages.default)
  }
  await loadPages(locale)
  global.locale.value = locale
  document.documentElement.lang = locale
  try {
    localStorage.setItem(storageKey, locale)
  } catch {
    // Storage can be blocked; the choice then lasts as long as the page.
  }
}

export function currentLocale(): AppLocale {
  return i18n.global.locale.value as AppLocale
}
