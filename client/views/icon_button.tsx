import type { IconNode } from "lucide";
import type { JSX } from "preact";
import { Icon } from "./icon.tsx";

interface Props extends Omit<JSX.IntrinsicElements["button"], "icon" | "label"> {
  icon: IconNode;
  /** What it does, for screen readers and as a tooltip. */
  label: string;
}

/** A button that shows only an icon. */
export function IconButton({ icon, label, class: extra = "", ...rest }: Props) {
  return (
    <button type="button" class={`icon-button ${extra}`} aria-label={label} title={label} {...rest}>
      <Icon node={icon} />
    </button>
  );
}
