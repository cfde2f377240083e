import { defineConfigWithVueTs, vueTsConfigs } from '@vue/eslint-config-typescript'
import vue from 'eslint-plugin-vue'
import accessibility from 'eslint-plugin-vuejs-accessibility'

const feature = (name) => ({
  files: [`src/features/${name}/**/*.{ts,vue}`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            regex: `^@/features/(?!${name}/)`,
            message: 'A feature imports shared and its own files only.',
          },
        ],
      },
    ],
  },
})

export default defineConfigWithVueTs(
  { ignores: ['dist/**', 'node_modules/**', 'src/shared/api/schema.d.ts', 'vite.config.ts'] },
  vue.configs['flat/recommended'],
  accessibility.configs['flat/recommended'],
  vueTsConfigs.strictTypeChecked,
  {
    rules: {
      'vue/block-order': ['error', { order: ['script', 'template', 'style'] }],
      'vue/component-api-style': ['error', ['script-setup']],
      'vue/define-macros-order': ['error', { order: ['defineModel', 'defineProps', 'defineEmits'] }],
      'vue/define-props-declaration': 'error',
      'vue/html-self-closing': ['error', { html: { void: 'always' } }],
      'vue/max-attributes-per-line': 'off',
      'vue/html-indent': 'off',
      'vue/html-closing-bracket-newline': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/multiline-html-element-content-newline': 'off',
      'vue/require-default-prop': 'off',
      'vue/no-static-inline-styles': 'error',
      'vue/no-unused-refs': 'error',
      'vue/no-v-html': 'error',
      'vue/no-setup-props-reactivity-loss': 'error',
      'vuejs-accessibility/label-has-for': 'off',
      'vuejs-accessibility/no-autofocus': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // Names and passwords are counted by code points on purpose.
      '@typescript-eslint/no-misused-spread': 'off',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'max-lines': ['error', { max: 400 }],
    },
  },
  { files: ['**/*.vue'], rules: { 'max-lines': ['error', { max: 300 }] } },
  ...['admin', 'auth', 'board', 'card', 'home', 'import', 'machines', 'new-job', 'schedules', 'settings', 'share', 'shell'].map(feature),
  {
    // The share page is the board page without an account.
    files: ['src/features/share/**/*.{ts,vue}'],
    rules: { 'no-restricted-imports': 'off' },
  },
  {
    files: ['**/*.{js,mjs}'],
    extends: [vueTsConfigs.disableTypeChecked],
  },
)
