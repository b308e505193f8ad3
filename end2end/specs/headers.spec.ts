// What every answer says about itself: browsers are told to be careful, whatever was asked for.

import { ADMIN, type Carina, expect, test } from '../harness/test';

const EVERYWHERE: Record<string, string | RegExp> = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': /camera=\(\).*geolocation=\(\)/,
  'x-request-id': /^[0-9a-f-]{36}$/,
};

/** The parts of a policy by their name. */
function policy(answer: Response): Map<string, string> {
  const text = answer.headers.get('content-security-policy') ?? '';
  return new Map(
    text.split(';').map((part) => {
      const [name = '', ...values] = part.trim().split(/\s+/);
      return [name, values.join(' ')];
    }),
  );
}

function expectCareful(answer: Response, what: string): void {
  for (const [name, value] of Object.entries(EVERYWHERE)) {
    if (typeof value === 'string') expect(answer.headers.get(name), `${what} ${name}`).toBe(value);
    else expect(answer.headers.get(name), `${what} ${name}`).toMatch(value);
  }
  const text = answer.headers.get('content-security-policy') ?? '';
  expect(text, what).toContain("default-src 'none'");
  expect(text, what).toContain("frame-ancestors 'none'");
  expect(text, what).not.toMatch(/unsafe-inline|'unsafe-eval'|unsafe-hashes|https?:|\*/);
  expect(answer.headers.has('server'), `${what}: nobody needs to know`).toBe(false);
  expect(answer.headers.has('x-powered-by')).toBe(false);
}

/** Pages in every state that an anonymous or a signed-in browser can bring about. */
async function pages(carina: Carina): Promise<[string, Response][]> {
  const session = await carina.session(ADMIN);
  const accept = { headers: { accept: 'text/html' } };
  const all: [string, Response][] = [];
  for (const path of [
    '/sign-in',
    '/sign-in?next=%2Fclusters&__err=eyJraW5kIjoid3JvbmctY3JlZGVudGlhbHMifQ',
    '/nothing/here',
  ]) {
    all.push([path, await carina.fetch(path, undefined, accept)]);
  }
  for (const path of [
    '/clusters',
    '/clusters/new',
    '/clusters/none',
    '/clusters/none/access',
    '/nothing',
  ]) {
    all.push([`${path} signed in`, await carina.fetch(path, session, accept)]);
  }
  const foreign = {
    method: 'POST',
    headers: { ...accept.headers, origin: 'https://evil.example' },
  };
  all.push(['refused', await carina.fetch('/api/sign_out', session, foreign)]);
  const large = { method: 'POST', ...accept, body: 'a'.repeat(70_000) };
  all.push(['too large', await carina.fetch('/api/sign_in', undefined, large)]);
  return all;
}

test('pages trust their own scripts and nothing else', async ({ simulated: carina }) => {
  const nonces = new Set<string>();
  const all = await pages(carina);
  for (const [what, answer] of all) {
    expectCareful(answer, what);
    expect(answer.headers.get('content-type'), what).toMatch(/^text\/html/);
    expect(answer.headers.get('cache-control'), what).toMatch(/no-store/);
    const parts = policy(answer);
    const [, nonce = ''] = /'nonce-([^']+)'/.exec(parts.get('script-src') ?? '') ?? [];
    expect(nonce.length, what).toBeGreaterThanOrEqual(20);
    nonces.add(nonce);
    expect(parts.get('script-src'), what).toBe(`'self' 'nonce-${nonce}' 'wasm-unsafe-eval'`);
    expect(parts.get('style-src'), what).toBe("'self'");
    expect(parts.get('form-action'), what).toBe("'self'");
    expect(parts.get('base-uri'), what).toBe("'none'");

    const html = await answer.text();
    for (const [tag] of html.matchAll(/<script\b[^>]*>/g)) {
      expect(tag, what).toMatch(new RegExp(`nonce="?${nonce}`));
    }
    expect(html, what).not.toMatch(/\sstyle\s*=|<style\b|\son[a-z]+\s*=\s*["']|javascript:/i);
  }
  expect(nonces.size, 'a nonce is used once').toBe(all.length);
});

test('what is no page is allowed nothing', async ({ simulated: carina }) => {
  const session = await carina.session(ADMIN);
  const answers: [string, Response][] = [
    ['health', await carina.fetch('/healthz')],
    ['readiness', await carina.fetch('/readyz')],
    ['robots', await carina.fetch('/robots.txt')],
    ['no address of the API', await carina.fetch('/api/nothing', session)],
    ['the stream, signed out', await carina.fetch('/live')],
    ['a server function, signed out', await carina.post('/api/load_overview', {})],
    ['a bundle that is not there', await carina.fetch('/clusters/none/credentials.zip', session)],
    ['a wrong method', await carina.fetch('/clusters', session, { method: 'DELETE' })],
    ['no file', await carina.fetch('/pkg/nothing.js')],
  ];
  for (const [what, answer] of answers) {
    expectCareful(answer, what);
    expect(policy(answer).has('script-src'), what).toBe(false);
  }
});

test('built files are kept for good, and come small', async ({ simulated: carina }) => {
  const html = await (await carina.fetch('/sign-in')).text();
  const files = new Set(
    [...html.matchAll(/\/pkg\/[^"')\s]+\.(?:js|wasm|css)/g)].map(([path]) => path),
  );
  expect([...files].map((path) => path.split('.').pop()).sort()).toEqual(['css', 'js', 'wasm']);
  const types: Record<string, RegExp> = {
    css: /^text\/css/,
    js: /^(text|application)\/javascript/,
    wasm: /^application\/wasm$/,
  };
  for (const path of files) {
    const answer = await carina.fetch(path, undefined, { headers: { 'accept-encoding': 'br' } });
    expect(answer.status, path).toBe(200);
    expectCareful(answer, path);
    expect(answer.headers.get('cache-control'), path).toBe('public, max-age=31536000, immutable');
    expect(answer.headers.get('content-encoding'), path).toBe('br');
    expect(answer.headers.get('vary'), path).toMatch(/accept-encoding/i);
    expect(answer.headers.get('content-type'), path).toMatch(
      types[path.split('.').pop() ?? ''] ?? /never/,
    );
  }
});

test('a session cookie is out of reach of scripts', async ({ simulated: carina }) => {
  const form = { username: ADMIN.username, kind: 'password', secret: ADMIN.password, next: '/' };
  const [cookie = ''] = (await carina.post('/api/sign_in', form)).headers.getSetCookie();
  expect(cookie).toMatch(/^__Host-carina=/);
  for (const part of ['HttpOnly', 'Secure', 'SameSite=Lax', 'Path=/'])
    expect(cookie).toContain(part);
  expect(cookie).not.toMatch(/domain=/i);
});

test('nobody outside is sent a secret by an error', async ({ simulated: carina }) => {
  const form = {
    username: 'admin',
    kind: 'password',
    secret: 'a-secret-nobody-may-read',
    next: '/clusters',
  };
  const headers = { accept: 'text/html', referer: `${carina.url}/sign-in` };
  const answer = await carina.fetch('/api/sign_in', undefined, {
    method: 'POST',
    headers,
    body: new URLSearchParams(form),
  });
  expect(answer.status).toBe(303);
  expect(answer.headers.get('location')).toMatch(/^\/sign-in\?/);
  expect(answer.headers.get('location')).not.toContain('secret');
});
