// Whether anything on a page moves that nobody moved: layout shifts, as browsers count them.

import { type Page, expect } from '@playwright/test';

interface Shift {
  value: number;
  /** What moved, and from where to where. */
  what: string[];
}

/** Watches a page from its next load on. Before the page's own scripts run, so that none is missed. */
export async function watchShift(page: Page): Promise<void> {
  await page.addInitScript(() => {
    type Entry = PerformanceEntry & {
      value: number;
      hadRecentInput: boolean;
      sources: { node: Node | null; previousRect: DOMRect; currentRect: DOMRect }[];
    };
    const place = ({ x, y, width, height }: DOMRect) => `${x},${y} ${width}×${height}`;
    const shifts: Shift[] = [];
    Object.assign(window, { carinaShifts: shifts });
    new PerformanceObserver((list) => {
      for (const { value, hadRecentInput, sources } of list.getEntries() as Entry[]) {
        // What somebody did half a second ago may move things.
        if (hadRecentInput) continue;
        const what = sources.map(({ node, previousRect, currentRect }) => {
          const name = node instanceof Element ? node.outerHTML.slice(0, 120) : node?.textContent;
          return `${name}: ${place(previousRect)} → ${place(currentRect)}`;
        });
        shifts.push({ value, what });
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
}

/** Nothing has moved since the page was loaded. It has to be watched. */
export async function expectNoShift(page: Page): Promise<void> {
  const shifts = await page.evaluate(async () => {
    // What was drawn last is told after the next frame.
    for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
    return (window as unknown as { carinaShifts?: Shift[] }).carinaShifts;
  });
  expect(shifts, 'what moved by itself').toEqual([]);
}
