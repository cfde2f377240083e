/** What stands in front of a line, as terminals write it in any language. */
export const levelNames: Record<string, string> = { debug: 'DEBUG', info: 'INFO', warning: 'WARN', error: 'ERR' }
