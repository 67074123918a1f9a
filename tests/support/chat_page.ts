/** The browser client as a person uses it: by what it shows and calls things, not by its insides. */

import { assertEquals } from "@std/assert";
import type { BrowserContextOptions, Locator, Page } from "playwright-core";
import type { Visit } from "./chromium.ts";

/** One tab of the browser client, in one room. */
export class ChatPage {
  constructor(readonly page: Page) {}

  /** Opens a room as a new person of that name. */
  static async enter(
    visit: Visit,
    address: string | URL,
    name: string,
    options?: BrowserContextOptions,
  ): Promise<ChatPage> {
    const chat = new ChatPage(await visit.open(String(address), options));
    await chat.chooseName(name);
    await chat.isOnline();
    return chat;
  }

  /** Another tab of the same person. */
  async anotherTab(address: string = this.page.url()): Promise<ChatPage> {
    const page = await this.page.context().newPage();
    await page.goto(address);
    const chat = new ChatPage(page);
    await chat.isOnline();
    return chat;
  }

  get nameField(): Locator {
    return this.page.getByRole("textbox", { name: "Your name" });
  }

  get composer(): Locator {
    return this.page.getByRole("textbox", { name: /^Message to/ });
  }

  get log(): Locator {
    return this.page.getByRole("log");
  }

  /** The messages in the document, not all that the room has. */
  get messages(): Locator {
    return this.log.getByRole("article");
  }

  /** How many people are in the room, as the page says it. */
  online(count: number): Locator {
    return this.page.getByRole("button", { name: `People, ${count} online`, exact: true });
  }

  /** The message of exactly this text. */
  message(text: string): Locator {
    // Not those that quote it.
    const shown = new RegExp(
      `^${text.trim().split(/\s+/).map(RegExp.escape).join("\\s+")}(…|\\(edited\\))?$`,
    );
    return this.messages.filter({ has: this.page.locator(".text", { hasText: shown }) });
  }

  /** Opens the menu of a message with the mouse. */
  async openMenu(text: string): Promise<void> {
    await this.message(text).hover();
    await this.message(text).getByRole("button", { name: "More" }).click();
    await this.page.getByRole("menu").waitFor();
  }

  /** Does something with a message by its menu. */
  async act(text: string, label: string): Promise<void> {
    await this.openMenu(text);
    // After it comes its key.
    const name = new RegExp(`^${RegExp.escape(label)}`);
    await this.page.getByRole("menuitem", { name }).click();
  }

  /** Puts the emoji on a message that the picker finds first by a word. */
  async react(text: string, word: string): Promise<void> {
    await this.act(text, "React");
    await this.emojiField.fill(word);
    await this.emojiField.press("Enter");
    await this.emojiField.waitFor({ state: "detached" });
  }

  /** Where the picker is searched, while it is open. */
  get emojiField(): Locator {
    return this.page.getByRole("searchbox", { name: "Find an emoji" });
  }

  async chooseName(name: string): Promise<void> {
    await this.nameField.fill(name);
    await this.nameField.press("Enter");
  }

  /** Waits until messages can be written and nothing says that the connection is missing. */
  async isOnline(): Promise<void> {
    await this.composer.waitFor();
    await this.page.getByRole("status").filter({ hasText: /Reconnecting|offline/ })
      .waitFor({ state: "detached" });
  }

  /** Waits until everything has been loaded that may be needed without a server. */
  async isSettled(): Promise<void> {
    await this.page.waitForFunction(() =>
      performance.getEntriesByType("resource").some(({ name }) => name.includes("/later-"))
    );
  }

  /** Types a message and sends it with Enter. */
  async say(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.composer.press("Enter");
  }

  /** Waits until the composer holds exactly a text. */
  async composerHolds(text: string): Promise<void> {
    const composer = await this.composer.elementHandle();
    await this.page.waitForFunction(
      ([field, wanted]) => (field as HTMLTextAreaElement).value === wanted,
      [composer, text] as const,
    );
  }

  /** Waits until a message shows, as sent. */
  async sees(text: string): Promise<void> {
    await this.message(text).first().waitFor();
    await this.message(text).first().getByText(/^(Sending|Waiting for the connection)…$/)
      .waitFor({ state: "detached" });
  }

  /** The rooms and conversations of the reader. */
  get sidebar(): Locator {
    return this.page.getByRole("navigation", { name: "Rooms" });
  }

  /** A room or conversation in the sidebar, by the beginning of what a screen reader says of it. */
  listed(name: string | RegExp): Locator {
    return this.sidebar.getByRole("link", { name });
  }

  get dialog(): Locator {
    return this.page.getByRole("dialog");
  }

  /** Chooses something from the menu of the room that is open. */
  async chooseFromMenu(item: string): Promise<void> {
    await this.page.getByRole("button", { name: "Room menu" }).click();
    await this.page.getByRole("menuitem", { name: item }).click();
  }

  /** Makes a room and is in it. Resolves to its address. */
  async createRoom(title: string, kind: "public" | "private"): Promise<string> {
    await this.page.getByRole("button", { name: "New room" }).click();
    await this.dialog.getByRole("textbox", { name: "Name" }).fill(title);
    if (kind === "private") await this.dialog.getByText("Only its members").click();
    await this.dialog.getByRole("button", { name: "Create the room" }).click();
    await this.showsRoom(title);
    return this.page.url();
  }

  /** Waits until a room or conversation is shown, by its title. */
  async showsRoom(title: string): Promise<void> {
    await this.page.getByRole("heading", { name: title, level: 1 }).waitFor();
    await this.isOnline();
  }

  /** Begins or opens the conversation with people. */
  async converseWith(...names: string[]): Promise<void> {
    await this.page.getByRole("button", { name: "New message" }).click();
    for (const name of names) {
      await this.dialog.getByRole("list", { name: "People" }).getByRole("button", { name }).click();
    }
    await this.dialog.getByRole("button", { name: "Begin" }).click();
    for (const name of names) await this.showsRoom(name);
  }

  /** The texts of the messages in the document, in order. */
  async texts(): Promise<string[]> {
    return await this.messages.locator(".text").allInnerTexts();
  }
}

/** Checks that several tabs show the same messages in the same order. */
export async function showTheSame(chats: readonly ChatPage[], expected: string[]): Promise<void> {
  for (const chat of chats) {
    await chat.messages.nth(expected.length - 1).waitFor();
    assertEquals(await chat.texts(), expected);
  }
}
