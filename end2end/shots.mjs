import { chromium } from '@playwright/test';
const [,, out, ...paths] = process.argv;
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
const ctx = await browser.newContext({ baseURL: 'http://127.0.0.1:3300', javaScriptEnabled: !process.env.NOJS, viewport: { width: +(process.env.W ?? 1280), height: 800 }, colorScheme: process.env.SCHEME ?? 'light' });
if (process.env.LANGC) await ctx.addCookies([{ name: 'lang', value: process.env.LANGC, url: 'http://127.0.0.1:3300' }]);
const page = await ctx.newPage();
page.on('console', m => console.log('console', m.type(), m.text()));
page.on('pageerror', e => console.log('pageerror', e.message));
await page.goto('/sign-in');
await page.fill('#username', 'admin'); await page.fill('#secret', 'correct-horse-battery');
await page.click('button.main'); await page.waitForURL(/clusters/);
let n = 0;
for (const p of paths) {
  if (p.startsWith('eval:')) { console.log(await page.evaluate(p.slice(5))); continue; }
  if (p.startsWith('click:')) { await page.click(p.slice(6)); await page.waitForTimeout(900); }
  else if (p.startsWith('fill:')) { const [s, v] = p.slice(5).split('=>'); await page.fill(s, v); await page.waitForTimeout(600); }
  else if (p.startsWith('key:')) { await page.keyboard.press(p.slice(4)); await page.waitForTimeout(400); }
  else { const r = await page.goto(p); await page.waitForTimeout(500); console.log(r.status(), page.url()); }
  await page.screenshot({ path: `${out}-${n++}.png`, fullPage: true });
}
await browser.close();
