import { expect, it } from 'vitest'

import { tableOfCsv, tableOfJsonLines } from './table'

it('reads what stands in quotes, and other separators than commas', () => {
  expect(tableOfCsv('town,price\n"Bonn, ""West""",12\n\n北京,7\n')).toEqual({
    columns: ['town', 'price'],
    rows: [['Bonn, "West"', '12'], ['北京', '7']],
  })
  expect(tableOfCsv('a;b\n1;2').rows).toEqual([['1', '2']])
  expect(tableOfCsv('')).toEqual({ columns: [], rows: [] })
})

it('takes the columns of all lines and stops at one that is cut off', () => {
  expect(tableOfJsonLines('{"a": 1}\n{"b": [2], "a": null}\n{"a": "cu')).toEqual({
    columns: ['a', 'b'],
    rows: [['1', ''], ['', '[2]']],
  })
})

it('shows the first 200 rows of many', () => {
  const lines = Array.from({ length: 900 }, (_, index) => `{"n": ${index}}`).join('\n')
  expect(tableOfJsonLines(lines).rows).toHaveLength(200)
  expect(tableOfCsv(`n\n${'1\n'.repeat(900)}`).rows).toHaveLength(200)
})
