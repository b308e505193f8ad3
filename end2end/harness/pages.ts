// What people do on the pages, in one place for each page.

import { type Locator, type Page, expect } from '@playwright/test';

import type { Account } from './carina';

/** The address of a cluster's page. */
export const CLUSTER_PAGE = /\/clusters\/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Signs in, on the page for that. */
export async function signIn(page: Page, { username, password }: Account): Promise<void> {
  await page.getByLabel('Username').fill(username);
  await secret(page).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** Signs in to a cloud, where there is no other backend: with a password, or an application credential. */
export async function signInToCloud(
  page: Page,
  { username, password }: Account,
  kind: 'Password' | 'Application credential' = 'Password',
): Promise<void> {
  await page.getByLabel('Username').fill(username);
  await page.getByRole('radio', { name: kind }).check();
  await page.getByLabel(/^Password\s*Application credential$/).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** The input for the password or the key: its label has a word for either, one of them hidden. */
export function secret(page: Page): Locator {
  return page.getByLabel(/^Password\s*API key$/);
}

/** The form for a new cluster. */
export class CreatePage {
  readonly name: Locator;
  readonly nodes: Locator;
  readonly submit: Locator;

  constructor(readonly page: Page) {
    this.name = page.getByLabel('Name', { exact: true });
    this.nodes = page.getByLabel('Nodes', { exact: true });
    this.submit = page.getByRole('button', { name: 'Create cluster' });
  }

  flavor(gigabytes: number): Locator {
    return this.page.getByRole('radio', { name: new RegExp(`^${gigabytes} GB`) });
  }

  /** Takes away what keeps a browser from sending nonsense. */
  async allowNonsense(): Promise<void> {
    for (const input of [this.name, this.nodes]) {
      await input.evaluate((element: HTMLInputElement) => {
        for (const rule of ['required', 'pattern', 'maxlength', 'min', 'max', 'step']) {
          element.removeAttribute(rule);
        }
        element.type = 'text';
      });
    }
  }
}

/** The page of a cluster. */
export class ClusterPage {
  constructor(
    readonly page: Page,
    readonly name: string,
  ) {}

  get id(): string {
    return new URL(this.page.url()).pathname.split('/')[2] ?? '';
  }

  /** The badge beside the name. */
  status(word: string): Locator {
    return this.page.getByRole('main').getByText(word, { exact: true }).first();
  }

  /** "2 of 3 nodes ready". */
  ready(ready: number, of: number): Locator {
    return this.page.getByText(`${ready} of ${of} node${of === 1 ? '' : 's'} ready`);
  }

  get nodes(): Locator {
    return this.page.getByRole('main').getByRole('table').getByRole('row');
  }

  /** Goes to one of its pages, unless that is open. */
  async open(tab: string): Promise<void> {
    const path = `/clusters/${this.id}/${tab}`;
    if (new URL(this.page.url()).pathname === path) return;
    await this.page.goto(path);
  }

  get size(): Locator {
    return this.page.getByLabel('Number of nodes');
  }

  get access(): Locator {
    return this.page.getByRole('link', { name: `Get access ${this.name}` });
  }

  /** Asks for another number of nodes. With scripts the button says what will happen. */
  async resize(nodes: number, button: string | RegExp): Promise<void> {
    await this.open('nodes');
    await this.size.fill(String(nodes));
    await this.page.getByRole('button', { name: button }).click();
  }

  /** Opens the form that deletes the cluster. */
  async askToDelete(): Promise<void> {
    await this.open('settings');
    await this.page.getByRole('link', { name: `Delete ${this.name} …` }).click();
    await expect(this.confirmation).toBeVisible();
  }

  get confirmation(): Locator {
    return this.page.getByLabel(`Type ${this.name} to confirm`);
  }

  async confirm(name: string): Promise<void> {
    await this.confirmation.fill(name);
    await this.page.getByRole('button', { name: `Delete ${this.name}` }).click();
  }
}

/** The card of a cluster in the list. */
export function card(page: Page, name: string): Locator {
  return page.getByRole('article', { name });
}
