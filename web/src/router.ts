import { createRouter, createWebHistory, type Router } from 'vue-router'

import type { useSession } from './shared/api'
import { loadPageTexts } from './shared/i18n'
import { safeReturn } from './shared/return'

declare module 'vue-router' {
  interface RouteMeta {
    /** Without sidebar and bars. */
    bare?: boolean
    /** Open to those who are not signed in. */
    public?: boolean
    superuser?: boolean
    /** The key of the page's title; a page may set its own later. */
    title?: string
  }
}

const boardPage = () => import('./features/board/BoardPage.vue')

/** A page whose texts come together with it, because few people need them. */
function withTexts<T>(page: () => Promise<T>): () => Promise<T> {
  return async () => {
    const [loaded] = await Promise.all([page(), loadPageTexts()])
    return loaded
  }
}

const routes = [
  {
    path: '/',
    name: 'home',
    component: () => import('./features/home/HomePage.vue'),
    meta: { title: 'home.title' },
  },
  {
    path: '/signin',
    name: 'signin',
    component: () => import('./features/auth/SignInPage.vue'),
    meta: { bare: true, public: true, title: 'auth.signIn' },
  },
  {
    path: '/register',
    name: 'register',
    component: () => import('./features/auth/RegisterPage.vue'),
    meta: { bare: true, public: true, title: 'auth.register' },
  },
  {
    path: '/b/:boardId',
    name: 'board',
    component: boardPage,
    children: [
      // The card is a dialog over the board, drawn in the board's own router view.
      {
        path: 'c/:number(\\d+)',
        name: 'card',
        component: () => import('./features/card/CardDialog.vue'),
      },
    ],
  },
  {
    path: '/settings/:section?',
    name: 'settings',
    component: () => import('./features/settings/SettingsPage.vue'),
    meta: { title: 'settings.title' },
  },
  {
    path: '/search',
    name: 'search',
    component: withTexts(() => import('./features/search/SearchPage.vue')),
    meta: { title: 'search.title' },
  },
  {
    path: '/import/trello',
    name: 'import-trello',
    component: withTexts(() => import('./features/import/ImportPage.vue')),
    meta: { title: 'import.title' },
  },
  {
    path: '/tasks',
    name: 'tasks',
    component: withTexts(() => import('./features/tasks/TasksPage.vue')),
    meta: { title: 'shell.tasks' },
  },
  {
    path: '/jobs',
    name: 'jobs',
    component: withTexts(() => import('./features/jobs/JobsPage.vue')),
    meta: { title: 'jobsTop.title' },
  },
  {
    path: '/jobs/:jobId([0-9a-f-]{36})/:view(timeline|log|files)?',
    name: 'job',
    component: withTexts(() => import('./features/jobs/JobPage.vue')),
    meta: { title: 'jobsTop.title' },
  },
  {
    path: '/jobs/new/:kind?',
    name: 'new-job',
    component: withTexts(() => import('./features/new-job/NewJobPage.vue')),
    meta: { title: 'newJob.title' },
  },
  {
    path: '/jobs/queues',
    name: 'job-queues',
    component: withTexts(() => import('./features/jobs/QueuesPage.vue')),
    meta: { title: 'jobsTop.queues' },
  },
  {
    path: '/jobs/statistics',
    name: 'job-statistics',
    component: withTexts(() => import('./features/jobs/StatisticsPage.vue')),
    meta: { title: 'jobsTop.statistics' },
  },
  {
    path: '/jobs/connections',
    name: 'job-connections',
    component: withTexts(() => import('./features/connections/ConnectionsPage.vue')),
    meta: { superuser: true, title: 'jobsTop.connections' },
  },
  {
    path: '/jobs/schedules',
    name: 'schedules',
    component: withTexts(() => import('./features/schedules/SchedulesPage.vue')),
    meta: { title: 'schedules.title' },
  },
  {
    path: '/jobs/schedules/:scheduleId',
    name: 'schedule',
    component: withTexts(() => import('./features/schedules/SchedulePage.vue')),
    meta: { title: 'schedules.title' },
  },
  {
    path: '/share/:boardId',
    name: 'share',
    component: () => import('./features/share/SharePage.vue'),
    meta: { bare: true, public: true },
  },
  {
    path: '/admin/users',
    name: 'admin-users',
    component: () => import('./features/admin/UsersPage.vue'),
    meta: { superuser: true, title: 'admin.title' },
  },
  {
    path: '/:path(.*)*',
    name: 'not-found',
    component: () => import('./features/shell/NotFoundPage.vue'),
    meta: { title: 'shell.notFound.title' },
  },
]

export function createAppRouter(session: ReturnType<typeof useSession>): Router {
  const router = createRouter({ history: createWebHistory(), routes })
  router.beforeEach((to) => {
    if (to.meta.public === true) {
      const isDoor = to.name === 'signin' || to.name === 'register'
      return isDoor && session.status === 'signed-in' ? safeReturn(to.query.next) : true
    }
    // The server could not be asked; the app says so and goes on when it answers.
    if (session.status === 'unknown') return true
    if (session.status !== 'signed-in') {
      return { name: 'signin', query: to.fullPath === '/' ? {} : { next: to.fullPath } }
    }
    if (to.meta.superuser === true && !session.isSuperuser) return { name: 'home' }
    return true
  })
  return router
}
