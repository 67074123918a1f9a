/** Room names as addresses. */

import { withoutAccents } from "../server/without_accents.ts";

/** What people type for a name, as a room id: “#Café Games” → “cafe-games”. Empty where nothing fits. */
export function slugOf(text: string): string {
  return withoutAccents(text).replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 64);
}
