/** What is measured: each cell is one load, the same for every server. */

/** Clients that hear each other. */
export interface RoomLoad {
  name: string;
  /** Clients that read; the senders are among them. */
  readers: number;
  /** Further clients that enter and then never read again. */
  stalled: number;
  senders: number;
  /** Messages sent and not yet read by every reader, over all senders. */
  outstanding: number;
  /** Milliseconds between the messages of a paced sender; 0: as fast as `outstanding` allows. */
  interval: number;
}

/** What a cell is about, which decides how its figures are shown. */
export type Scenario = "fanout" | "slow_readers" | "quiet_room" | "idle_memory" | "accept_rate";

export interface Cell {
  name: string;
  scenario: Scenario;
  rooms: readonly RoomLoad[];
  /** Bytes of a message's text. */
  body: number;
  /** Needs a server that keeps rooms apart. */
  separateRooms: boolean;
  /** Seconds without load after the last connect. */
  settle: number;
}

const BUSY = { name: "bench", stalled: 0, interval: 0 } as const;

/** Messages of so many bytes from some of the receivers to all of them. */
export function fanout(
  receivers: number,
  outstanding: number,
  senders: number,
  body: number,
): Cell {
  return {
    name: `fanout-${receivers}-w${outstanding}-s${senders}-${body}b`,
    scenario: "fanout",
    rooms: [{ ...BUSY, readers: receivers, senders, outstanding }],
    body,
    separateRooms: false,
    settle: 0.5,
  };
}

function* fanouts(): Generator<Cell> {
  for (const receivers of [100, 1_000, 5_000]) {
    for (const senders of [1, 16]) {
      for (const outstanding of [1, 4, 64, 256]) {
        // Fewer messages than senders would leave senders idle: that is the cell of one sender.
        if (outstanding < senders) continue;
        for (const body of [64, 1_024]) yield fanout(receivers, outstanding, senders, body);
      }
    }
  }
}

/** So many people each say one thing after the other, and everybody reads everything. */
const WRITERS: readonly Cell[] = [1, 16, 256].map((writers) => fanout(256, writers, writers, 64));

/** A tenth more clients enter after a while, and those never read. */
const SLOW_READERS: Cell = {
  ...fanout(1_000, 64, 1, 1_024),
  name: "slow_readers",
  scenario: "slow_readers",
  rooms: [{ ...BUSY, readers: 1_000, stalled: 100, senders: 1, outstanding: 64 }],
};

/** Ten people talk, 50 messages a second, next to a room that saturates the core. */
const QUIET_ROOM: Cell = {
  name: "quiet_room",
  scenario: "quiet_room",
  rooms: [
    { ...BUSY, readers: 1_000, senders: 1, outstanding: 256 },
    { name: "quiet", readers: 10, stalled: 0, senders: 1, outstanding: 0, interval: 20 },
  ],
  body: 64,
  separateRooms: true,
  settle: 0.5,
};

const IDLE_MEMORY: Cell = {
  name: "idle_memory",
  scenario: "idle_memory",
  rooms: [{ ...BUSY, readers: 10_000, senders: 0, outstanding: 0 }],
  body: 64,
  separateRooms: false,
  settle: 5,
};

/** Ends as soon as everybody is in. */
const ACCEPT_RATE: Cell = {
  name: "accept_rate",
  scenario: "accept_rate",
  rooms: [{ ...BUSY, readers: 5_000, senders: 0, outstanding: 0 }],
  body: 64,
  separateRooms: false,
  settle: 0,
};

export const CELLS: readonly Cell[] = [
  ...fanouts(),
  ...WRITERS,
  SLOW_READERS,
  QUIET_ROOM,
  IDLE_MEMORY,
  ACCEPT_RATE,
];

/** Those that show most of it in a few minutes. */
export const SHORT: readonly Cell[] = CELLS.filter((cell) =>
  cell.scenario !== "fanout" || /^fanout-(100|1000)-w(1|64|256)-s1-64b$/.test(cell.name)
);
