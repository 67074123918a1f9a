-- A database as Parlor wrote it with user_version 2: what a newer one has to open.
PRAGMA application_id = 1348563564;
PRAGMA user_version = 2;
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE meta (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;
INSERT INTO meta VALUES('epoch','kept-epoch-1');
INSERT INTO meta VALUES('created','2026-11-21T12:58:13.659Z');
CREATE TABLE rooms (
  key INTEGER PRIMARY KEY,
  room TEXT NOT NULL UNIQUE,
  public INTEGER NOT NULL CHECK (public IN (0, 1)),
  head INTEGER NOT NULL,
  timestamp INTEGER NOT NULL
) STRICT;
INSERT INTO rooms VALUES(1,'lobby',1,2,1700000000500);
INSERT INTO rooms VALUES(2,'~secret',0,1,1700000000500);
CREATE TABLE events (
  room_key INTEGER NOT NULL REFERENCES rooms (key),
  seq INTEGER NOT NULL,
  timestamp INTEGER NOT NULL,
  type TEXT NOT NULL,
  user_id TEXT NOT NULL,
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  payload TEXT NOT NULL,
  PRIMARY KEY (room_key, seq),
  UNIQUE (user_id, id)
) STRICT;
INSERT INTO events VALUES(1,1,1700000000000,'chat','u_ada','a-1',1,'{"user":{"id":"u_ada","name":"Ada"},"message":"hello\u0000 „Zoë“ 🌱"}');
INSERT INTO events VALUES(1,2,1700000000500,'chat','guest-1','g-1',1,'{"user":{"id":"guest-1","name":"meter","unverified":true},"message":"sent 512 bytes","bytes":512}');
INSERT INTO events VALUES(2,1,1700000000500,'chat','u_ada','a-2',1,'{"user":{"id":"u_ada","name":"Ada"},"message":"hush"}');
CREATE TABLE messages (
  room_key INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  timestamp INTEGER NOT NULL,
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  payload TEXT NOT NULL,
  PRIMARY KEY (room_key, seq),
  FOREIGN KEY (room_key, seq) REFERENCES events (room_key, seq)
) STRICT;
INSERT INTO messages VALUES(1,1,1700000000000,'a-1',1,'{"user":{"id":"u_ada","name":"Ada"},"message":"hello\u0000 „Zoë“ 🌱"}');
INSERT INTO messages VALUES(1,2,1700000000500,'g-1',1,'{"user":{"id":"guest-1","name":"meter","unverified":true},"message":"sent 512 bytes","bytes":512}');
INSERT INTO messages VALUES(2,1,1700000000500,'a-2',1,'{"user":{"id":"u_ada","name":"Ada"},"message":"hush"}');
CREATE TABLE holders (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  expires INTEGER NOT NULL
) STRICT;
INSERT INTO holders VALUES('u_ada','Ada',4000000000000);
CREATE TABLE names (
  key TEXT NOT NULL,
  holder_id TEXT NOT NULL REFERENCES holders (id) ON DELETE CASCADE,
  PRIMARY KEY (key, holder_id)
) STRICT;
INSERT INTO names VALUES('ada','u_ada');
CREATE INDEX rooms_recent ON rooms (timestamp DESC, room) WHERE public = 1;
CREATE INDEX holders_expiry ON holders (expires);
CREATE INDEX names_holder ON names (holder_id);
COMMIT;
