const files = import.meta.glob<Record<string, string>>(['./zh-CN/kinds.json', './zh-CN/pages/*.json'], {
  eager: true,
  import: 'default',
})

/** The texts of kinds and of the pages that few people need, which come when such a page is opened. */
export default Object.fromEntries(
  Object.entries(files).map(([path, messages]) => [
    path.slice(path.lastIndexOf('/') + 1, -'.json'.length),
    messages,
  ]),
)
