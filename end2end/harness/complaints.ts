// What browsers complain about: every test fails on it, unless it said that it would come.

import type { BrowserContext, ConsoleMessage } from '@playwright/test';

/** Errors on consoles, uncaught exceptions and violations of the Content Security Policy. */
export class Complaints {
  private readonly heard: string[] = [];
  private readonly expected: RegExp[] = [];

  /** Listens to all pages of a context. */
  watch(context: BrowserContext): void {
    context.on('console', (message) => this.hear(message));
    context.on('weberror', (error) => this.heard.push(String(error.error().stack)));
  }

  private hear(message: ConsoleMessage): void {
    // Violations of a policy that is only reported are warnings.
    const matters = message.type() === 'error' || /Content Security Policy/i.test(message.text());
    if (matters) this.heard.push(`${message.text()} (${message.location().url})`);
  }

  /** Declares that some will come. */
  expect(...patterns: RegExp[]): void {
    this.expected.push(...patterns);
  }

  /** The browser writes down every answer of 400 and above. */
  expectStatus(...codes: number[]): void {
    this.expect(
      ...codes.map((code) => new RegExp(`Failed to load resource: .* status of ${code} `)),
    );
  }

  /** Those that nobody expected. */
  get unexpected(): string[] {
    return this.heard.filter((text) => !this.expected.some((pattern) => pattern.test(text)));
  }
}
