/**
 * What the first messages do without, in one bundle that is loaded when the first of it is opened: a
 * bundle for each would be as many requests, with more headers than content.
 */

export { historyAt } from "../history.ts";
export { takeMisplacedToken } from "../misplaced_token.ts";
export * from "../model_later.ts";
export { nextRoom } from "../next_room.ts";
export { startNotices } from "../notify.ts";
export { noticeInWords } from "../room_notices.ts";
export { readReactors } from "../reactors.ts";
export { followTheme } from "../theme.ts";
export { streamAt } from "../transport_stream.ts";
export { Announcer } from "./announcer.tsx";
export { ArrivalQuestion } from "./arrival_question.tsx";
export { ComposingBar } from "./composing_bar.tsx";
export { FailedChange, FailedMessage } from "./failed.tsx";
export { Join } from "./join.tsx";
export { listenToHolding } from "./long_press.ts";
export { ManyRooms } from "./many_rooms.tsx";
export { MentionList } from "./mention_list.tsx";
export { MessageActions } from "./message_actions.tsx";
export { News } from "./news.tsx";
export { NotFound } from "./not_found.tsx";
export { dialogs, OpenDialog, showDialog } from "./open_dialog.tsx";
export { OpenOverlay, showMenu, showPicker } from "./open_overlay.tsx";
export { People } from "./people.tsx";
export { RoomMenu } from "./room_menu.tsx";
export { WatchedDot } from "./status_dot.tsx";
export { Toast } from "./toast.tsx";
