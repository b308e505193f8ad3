// Every page: a line each. What it is to those who do not see it, no violation of any rule that axe
// knows, and nothing wider than the window, at 360, 768 and 1440 px, light and dark, with scripts and
// without. Snapshots are beside this file; `npx playwright test every-page -u` writes new ones, with
// patterns for ids and times, of what there is with scripts and without. They are to be read.

import { expect } from '@playwright/test';

import { exhibit } from '../harness/gallery';

exhibit([
  { name: 'sign-in', path: '/sign-in', as: null },
  { name: 'clusters', path: '/clusters' },
  { name: 'clusters-no-match', path: '/clusters?q=nothing-of-that-name' },
  { name: 'clusters-table', path: '/clusters?look=table' },
  { name: 'create', path: '/clusters/new' },
  { name: 'cluster', path: ({ shop }) => `/clusters/${shop}` },
  { name: 'cluster-delete', path: ({ shop }) => `/clusters/${shop}/settings?confirm=delete` },
  { name: 'nodes', path: ({ shop }) => `/clusters/${shop}/nodes` },
  { name: 'containers', path: ({ shop }) => `/clusters/${shop}/containers` },
  { name: 'logs', path: ({ shop }) => `/clusters/${shop}/logs` },
  { name: 'metrics', path: ({ shop }) => `/clusters/${shop}/metrics` },
  { name: 'events', path: ({ shop }) => `/clusters/${shop}/events` },
  { name: 'settings', path: ({ shop }) => `/clusters/${shop}/settings` },
  { name: 'access', path: ({ shop }) => `/clusters/${shop}/access` },
  { name: 'account', path: '/account' },
  { name: 'activity', path: '/activity' },
  { name: 'admin', path: '/admin' },
  { name: 'admin-account', path: ({ stranger }) => `/admin/accounts/${stranger}` },
  { name: 'help', path: '/help' },
  { name: 'ticket', path: ({ ticket }) => `/help/tickets/${ticket}` },
  { name: 'subscription', path: ({ subscription }) => `/help/subscriptions/${subscription}` },
  { name: 'ticket-new', path: '/help/tickets/new' },
  { name: 'go', path: '/go' },
  { name: 'delete-many', path: '/clusters/delete' },
  { name: 'not-found', path: '/no/such/page', status: 404 },
  {
    name: 'cluster-rebuild',
    path: ({ shop }) => `/clusters/${shop}/events?confirm=rebuild`,
  },
  { name: 'access-rotate', path: ({ shop }) => `/clusters/${shop}/access?confirm=rotate` },
  {
    name: 'nodes-replace',
    path: ({ shop }) => `/clusters/${shop}/nodes`,
    prepare: (page) => page.getByRole('link', { name: /^Replace/ }).last().click(),
  },
  {
    name: 'nodes-remove',
    path: ({ shop }) => `/clusters/${shop}/nodes`,
    prepare: async (page) => {
      for (const node of await page.getByRole('checkbox', { name: /^Choose/ }).all()) {
        await node.check();
      }
      await page.getByRole('button', { name: 'Remove chosen nodes' }).click();
    },
  },
  {
    name: 'account-revoke',
    path: '/account',
    prepare: (page) => page.getByRole('link', { name: 'Revoke first' }).click(),
  },
  {
    name: 'delete-many-named',
    path: ({ shop, docs }) => `/clusters/delete?id=${shop}&id=${docs}`,
  },
  {
    name: 'shown-once',
    path: ({ docs }) => `/clusters/${docs}/access`,
    prepare: async (page) => {
      await page.getByRole('button', { name: 'Make a key for CI' }).click();
      await expect(page.getByText('It is shown this once.')).toBeVisible();
    },
  },
  {
    name: 'refused',
    path: '/sign-in',
    as: null,
    refused: [403, 404, 405],
    // What another site sends.
    prepare: async (page) => {
      const { origin } = new URL(page.url());
      await page.goto('about:blank');
      await page.setContent(`<form method="post" action="${origin}/api/sign_out"><button>x</button>`);
      await page.getByRole('button').click();
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    },
  },
  { name: 'unreachable', path: '/activity', away: true, status: 503 },
  { name: 'clusters-ru', path: '/clusters', lang: 'ru' },
  { name: 'create-ru', path: '/clusters/new', lang: 'ru' },
  { name: 'cluster-ru', path: ({ shop }) => `/clusters/${shop}`, lang: 'ru' },
  { name: 'settings-ru', path: ({ shop }) => `/clusters/${shop}/settings`, lang: 'ru' },
]);
