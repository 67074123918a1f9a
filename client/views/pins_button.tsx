import Pin from "lucide/dist/esm/icons/pin.mjs";
import type { Room } from "../model.ts";
import { openDialog } from "./dialogs.ts";
import { IconButton } from "./icon_button.tsx";

/** Leads to what is pinned in the room. */
export function PinsButton({ room }: { room: Room }) {
  return <IconButton icon={Pin} label="Pinned messages" onClick={() => openDialog("pins", room)} />;
}
