/** Icons of the lucide set, inlined. The text beside or around one says what it means. */

/// <reference path="./lucide.d.ts" />
import type { IconNode } from "lucide";
import { h } from "preact";

export function Icon({ node, size = 18 }: { node: IconNode; size?: number }) {
  return (
    <svg
      class="icon"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="1.75"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      {node.map(([tag, attributes]) => h(tag, { ...attributes }))}
    </svg>
  );
}
