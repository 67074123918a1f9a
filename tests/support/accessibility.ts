/** What every view is checked with, and in which sizes and schemes. */

import { assertEquals } from "@std/assert";
import axe from "axe-core";
import type { Page } from "playwright-core";

/** A phone and a laptop, in CSS pixels. */
export const SIZES = [{ width: 390, height: 844 }, { width: 1280, height: 800 }];
export const SCHEMES = ["light", "dark"] as const;

/** Runs axe in the page and fails with what it found and where. */
export async function assertAccessible(page: Page, view: string): Promise<void> {
  // Movements and fades in progress would be measured half-way.
  await page.evaluate(() =>
    Promise.all(document.getAnimations().map(({ finished }) => finished.catch(() => {})))
  );
  await page.evaluate(axe.source);
  const found = await page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run();
    return violations.map(({ id, help, nodes }) =>
      `${id}: ${help}\n${nodes.map(({ html, failureSummary }) => `  ${html}\n  ${failureSummary}`)}`
    );
  });
  assertEquals(found, [], `axe found this in the view “${view}”`);
}
