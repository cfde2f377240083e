const files = import.meta.glob<Record<string, string>>(['./zh-CN/*.json', '!./zh-CN/kinds.json'], {
  eager: true,
  import: 'default',
})

/** One object by feature, from one file for each; `kinds` and `pages/` come when a page asks. */
export default Object.fromEntries(
  Object.entries(files).map(([path, messages]) => [
    path.slice(path.lastIndexOf('/') + 1, -'.json'.length),
    messages,
  ]),
)
