// The second browser: Debian's Firefox, through WebDriver BiDi, which Playwright does not speak to it.

import puppeteer, { type Browser, type ConsoleMessage, type Page } from 'puppeteer-core';

import { FIREFOX } from './environment';

/** Long enough for whatever a page waits for. */
const PATIENCE_MS = 30_000;

/** A Firefox of its own with one page in it. */
export class Firefox {
  private readonly heard: string[] = [];

  private constructor(
    private readonly browser: Browser,
    readonly page: Page,
  ) {}

  static async start(): Promise<Firefox> {
    const browser = await puppeteer.launch({
      browser: 'firefox',
      executablePath: FIREFOX,
      headless: true,
      extraPrefsFirefox: { 'intl.accept_languages': 'en-US' },
    });
    try {
      const page = await browser.newPage();
      const firefox = new Firefox(browser, page);
      await firefox.listen();
      page.setDefaultTimeout(PATIENCE_MS);
      await page.setViewport({ width: 1280, height: 800 });
      return firefox;
    } catch (error) {
      await browser.close();
      throw error;
    }
  }

  /** Errors on the console, uncaught exceptions and violations of the Content Security Policy. */
  get complaints(): string[] {
    return [...this.heard];
  }

  private async listen(): Promise<void> {
    this.page.on('console', (message: ConsoleMessage) => {
      const text = message.text();
      if (message.type() === 'error' || /Content.Security.Policy/i.test(text)) this.heard.push(text);
    });
    this.page.on('pageerror', (error) => this.heard.push(String(error)));
    // What Firefox blocks it writes into a console that no program reads, but it tells the page.
    await this.page.evaluateOnNewDocument(() => {
      document.addEventListener('securitypolicyviolation', (event) => {
        console.error(
          `Content-Security-Policy: ${event.effectiveDirective} blocked ${event.blockedURI} ${event.sample}`,
        );
      });
    });
  }

  async end(): Promise<void> {
    await this.browser.close();
  }
}
