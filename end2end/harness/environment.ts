// What the tests are told by whoever starts them, and what they assume otherwise.

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

/** The project's folder. */
export const ROOT = resolve(__dirname, '../..');

/** Where everything built is. */
export const TARGET = resolve(ROOT, 'target');

/** What the tests leave behind for people to look at. */
export const ARTIFACTS = resolve(__dirname, '../artifacts');

/** The browser. */
export const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** The second browser. */
export const FIREFOX = process.env['FIREFOX'] ?? '/usr/bin/firefox-esr';

/** The server's binary. */
export const SERVER = resolve(process.env['CARINA_SERVER_BIN'] ?? `${TARGET}/debug/server`);

/** The control plane's binary, which also makes accounts. */
export const CONTROL_PLANE = resolve(SERVER, '../control-plane');

/** The program that fills a data folder with clusters. */
export const FILL = resolve(SERVER, '../examples/fill');

/** The image of nodes. */
export const NODE_IMAGE = process.env['CARINA_NODE_IMAGE'] ?? 'carina-node:local';

const ownEngine = `${TARGET}/engine/docker.sock`;

/** The Docker Engine that clusters are made on. */
export const DOCKER_HOST =
  process.env['DOCKER_HOST'] ??
  (existsSync(ownEngine) ? `unix://${ownEngine}` : 'unix:///var/run/docker.sock');

/** Where the site is: the server looks beside its binary unless it is told. */
export function siteEnvironment(): Record<string, string> {
  const site = process.env['LEPTOS_SITE_ROOT'] ?? `${TARGET}/site`;
  return {
    LEPTOS_SITE_ROOT: site,
    LEPTOS_OUTPUT_NAME: 'app',
    LEPTOS_HASH_FILES: 'true',
    LEPTOS_HASH_FILE_NAME: process.env['LEPTOS_HASH_FILE_NAME'] ?? `${site}/hash.txt`,
  };
}
