/** What every view is checked with, in which sizes and schemes. */

import { assertEquals } from "@std/assert";
import axe from "axe-core";
import type { Page } from "playwright-core";

/** A phone and a laptop, in CSS pixels. */
export const SIZES = [{ width: 390, height: 844 }, { width: 1280, height: 800 }];

/** The only rules that the other scheme's colours can break. */
const COLOR_RULES = ["color-contrast", "link-in-text-block"];

/** Runs axe in the page, in light and in dark, and fails with what it found and where. */
export async function assertAccessible(page: Page, view: string): Promise<void> {
  const found = [
    ...await violations(page, "light"),
    ...await violations(page, "dark", COLOR_RULES),
  ];
  await page.emulateMedia({ colorScheme: "light" });
  assertEquals(found, [], `axe found this in the view “${view}”`);
}

/** What axe finds in a scheme with the rules that are named; with all where none are. */
async function violations(
  page: Page,
  colorScheme: "light" | "dark",
  rules?: string[],
): Promise<string[]> {
  await page.emulateMedia({ colorScheme });
  // Movements and fades in progress would be measured half-way.
  await page.evaluate(() =>
    Promise.all(document.getAnimations().map(({ finished }) => finished.catch(() => {})))
  );
  if (!await page.evaluate(() => "axe" in globalThis)) await page.evaluate(axe.source);
  const found = await page.evaluate(async (rules) => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run(
      rules ? { runOnly: rules } : {},
    );
    return violations.map(({ id, help, nodes }) =>
      `${id}: ${help}\n${nodes.map(({ html, failureSummary }) => `  ${html}\n  ${failureSummary}`)}`
    );
  }, rules);
  return found.map((one) => `${colorScheme}: ${one}`);
}
