import { expect, it } from 'vitest'

import { renderMarkdown } from './render'

function html(text: string): string {
  const box = document.createElement('div')
  box.append(renderMarkdown(text))
  return box.innerHTML
}

it('renders what people write', () => {
  expect(html('**Source** the `list`\n\n- one\n- two')).toContain('<strong>Source</strong>')
  expect(html('中文 **加粗** 文本')).toContain('<strong>加粗</strong>')
})

it.each([
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '[x](javascript:alert(1))',
  '[x](data:text/html,<script>alert(1)</script>)',
  '![x](javascript:alert(1))',
  '<svg onload=alert(1)>',
  '[x](  java\nscript:alert(1))',
  '`</code><script>alert(1)</script>`',
])('lets nothing run from %s', (text) => {
  const box = document.createElement('div')
  box.append(renderMarkdown(text))
  expect(box.querySelector('script, img, svg, iframe, [onerror], [onload]')).toBeNull()
  for (const link of box.querySelectorAll('a')) {
    expect(link.getAttribute('href') ?? '').not.toMatch(/^\s*(javascript|data):/i)
  }
})

it('opens links elsewhere without telling where they came from', () => {
  expect(html('https://example.org')).toContain('rel="noopener noreferrer nofollow"')
})

it('shows pictures as links, so that no other host is called', () => {
  expect(html('![plan](https://example.org/a.png)')).toContain('href="https://example.org/a.png"')
})
