-- A database as Parlor wrote it with user_version 3: what a newer one has to open.
PRAGMA application_id = 1348563564;
PRAGMA user_version = 3;
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE meta (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;
INSERT INTO meta VALUES('epoch','kept-epoch-2');
INSERT INTO meta VALUES('created','2026-11-21T15:45:24.159Z');
CREATE TABLE rooms (
  key INTEGER PRIMARY KEY,
  room TEXT NOT NULL UNIQUE,
  public INTEGER NOT NULL CHECK (public IN (0, 1)),
  head INTEGER NOT NULL,
  timestamp INTEGER NOT NULL
    , kind TEXT NOT NULL DEFAULT 'public', settings TEXT NOT NULL DEFAULT '{}', title TEXT NOT NULL DEFAULT '', conversation TEXT) STRICT;
INSERT INTO rooms VALUES(1,'lobby',1,21,1700000010500,'public','{}','',NULL);
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
INSERT INTO events VALUES(1,1,1700000000500,'chat','u_ada','id-1',1,'{"user":{"id":"u_ada","name":"Ada"},"message":"first"}');
INSERT INTO events VALUES(1,2,1700000001000,'chat','u_ada','id-2',1,'{"user":{"id":"u_ada","name":"Ada"},"message":"many react"}');
INSERT INTO events VALUES(1,3,1700000001500,'chat','u_ada','id-3',1,'{"user":{"id":"u_ada","name":"Ada"},"message":"","deleted":true}');
INSERT INTO events VALUES(1,4,1700000002000,'chat','u_ada','id-4',1,'{"user":{"id":"u_ada","name":"Ada"},"message":"","deleted":true}');
INSERT INTO events VALUES(1,5,1700000002500,'react','u_ada','id-5',1,'{"user":{"id":"u_ada","name":"Ada"},"target":1,"emoji":"🎉","on":true}');
INSERT INTO events VALUES(1,6,1700000003000,'react','u_bob','id-6',1,'{"user":{"id":"u_bob","name":"Bob"},"target":1,"emoji":"👍","on":true}');
INSERT INTO events VALUES(1,7,1700000003500,'react','u_bob','id-7',1,'{"user":{"id":"u_bob","name":"Bob"},"target":1,"emoji":"👍","on":true}');
INSERT INTO events VALUES(1,8,1700000004000,'react','u_cleo','id-8',1,'{"user":{"id":"u_cleo","name":"Cleo"},"target":1,"emoji":"🎉","on":true}');
INSERT INTO events VALUES(1,9,1700000004500,'react','u_ada','id-9',1,'{"user":{"id":"u_ada","name":"Ada"},"target":1,"emoji":"🎉","on":false}');
INSERT INTO events VALUES(1,10,1700000005000,'react','u_ada','id-10',1,'{"user":{"id":"u_ada","name":"Ada"},"target":1,"emoji":"👍","on":true}');
INSERT INTO events VALUES(1,11,1700000005500,'react','u_cleo','id-11',1,'{"user":{"id":"u_cleo","name":"Cleo"},"target":1,"emoji":"👍","on":false}');
INSERT INTO events VALUES(1,12,1700000006000,'react','u_ada','id-12',1,'{"user":{"id":"u_ada","name":"Ada"},"target":2,"emoji":"👍","on":true}');
INSERT INTO events VALUES(1,13,1700000006500,'react','u_bob','id-13',1,'{"user":{"id":"u_bob","name":"Bob"},"target":2,"emoji":"👍","on":true}');
INSERT INTO events VALUES(1,14,1700000007000,'react','u_cleo','id-14',1,'{"user":{"id":"u_cleo","name":"Cleo"},"target":2,"emoji":"👍","on":true}');
INSERT INTO events VALUES(1,15,1700000007500,'react','u_dan','id-15',1,'{"user":{"id":"u_dan","name":"Dan"},"target":2,"emoji":"👍","on":true}');
INSERT INTO events VALUES(1,16,1700000008000,'react','u_eve','id-16',1,'{"user":{"id":"u_eve","name":"Eve"},"target":2,"emoji":"👍","on":true}');
INSERT INTO events VALUES(1,17,1700000008500,'react','u_fay','id-17',1,'{"user":{"id":"u_fay","name":"Fay"},"target":2,"emoji":"👍","on":true}');
INSERT INTO events VALUES(1,18,1700000009000,'react','u_bob','id-18',1,'{"user":{"id":"u_bob","name":"Bob"},"target":2,"emoji":"🌱","on":true}');
INSERT INTO events VALUES(1,19,1700000009500,'react','u_cleo','id-19',1,'{"user":{"id":"u_cleo","name":"Cleo"},"target":3,"emoji":"👍","on":true}');
INSERT INTO events VALUES(1,20,1700000010000,'delete','u_bob','id-20',1,'{"user":{"id":"u_bob","name":"Bob"},"target":3}');
INSERT INTO events VALUES(1,21,1700000010500,'delete','u_ada','id-21',1,'{"user":{"id":"u_ada","name":"Ada"},"target":4}');
CREATE TABLE messages (
  room_key INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  timestamp INTEGER NOT NULL,
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  payload TEXT NOT NULL, deleted INTEGER NOT NULL DEFAULT 0, pinned INTEGER, reactions TEXT,
  PRIMARY KEY (room_key, seq),
  FOREIGN KEY (room_key, seq) REFERENCES events (room_key, seq)
) STRICT;
INSERT INTO messages VALUES(1,1,1700000000500,'id-1',1,'{"user":{"id":"u_ada","name":"Ada"},"message":"first"}',0,NULL,'[["🎉",1,3],["👍",2,2,1]]');
INSERT INTO messages VALUES(1,2,1700000001000,'id-2',1,'{"user":{"id":"u_ada","name":"Ada"},"message":"many react"}',0,NULL,'[["👍",6,1,2,3,4,5,6],["🌱",1,2]]');
INSERT INTO messages VALUES(1,3,1700000001500,'id-3',1,'{"user":{"id":"u_ada","name":"Ada"},"message":"","deleted":true}',1,NULL,NULL);
INSERT INTO messages VALUES(1,4,1700000002000,'id-4',1,'{"user":{"id":"u_ada","name":"Ada"},"message":"","deleted":true}',1,NULL,NULL);
CREATE TABLE holders (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  expires INTEGER NOT NULL
) STRICT;
CREATE TABLE names (
  key TEXT NOT NULL,
  holder_id TEXT NOT NULL REFERENCES holders (id) ON DELETE CASCADE,
  PRIMARY KEY (key, holder_id)
) STRICT;
CREATE TABLE edits (
  room_key INTEGER NOT NULL,
  target INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  PRIMARY KEY (room_key, target, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE reactors (
  key INTEGER PRIMARY KEY,
  user TEXT NOT NULL UNIQUE
) STRICT;
INSERT INTO reactors VALUES(1,'{"id":"u_ada","name":"Ada"}');
INSERT INTO reactors VALUES(2,'{"id":"u_bob","name":"Bob"}');
INSERT INTO reactors VALUES(3,'{"id":"u_cleo","name":"Cleo"}');
INSERT INTO reactors VALUES(4,'{"id":"u_dan","name":"Dan"}');
INSERT INTO reactors VALUES(5,'{"id":"u_eve","name":"Eve"}');
INSERT INTO reactors VALUES(6,'{"id":"u_fay","name":"Fay"}');
CREATE TABLE reactions (
  key INTEGER PRIMARY KEY,
  room_key INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  emoji TEXT NOT NULL,
  user_id TEXT NOT NULL,
  reactor_key INTEGER NOT NULL REFERENCES reactors (key),
  UNIQUE (room_key, seq, emoji, user_id)
) STRICT;
INSERT INTO reactions VALUES(2,1,1,'👍','u_bob',2);
INSERT INTO reactions VALUES(3,1,1,'🎉','u_cleo',3);
INSERT INTO reactions VALUES(4,1,1,'👍','u_ada',1);
INSERT INTO reactions VALUES(5,1,2,'👍','u_ada',1);
INSERT INTO reactions VALUES(6,1,2,'👍','u_bob',2);
INSERT INTO reactions VALUES(7,1,2,'👍','u_cleo',3);
INSERT INTO reactions VALUES(8,1,2,'👍','u_dan',4);
INSERT INTO reactions VALUES(9,1,2,'👍','u_eve',5);
INSERT INTO reactions VALUES(10,1,2,'👍','u_fay',6);
INSERT INTO reactions VALUES(11,1,2,'🌱','u_bob',2);
CREATE TABLE mentions (
  user_id TEXT NOT NULL,
  room_key INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  author_id TEXT NOT NULL,
  PRIMARY KEY (user_id, room_key, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE members (
  key INTEGER PRIMARY KEY,
  room_key INTEGER NOT NULL REFERENCES rooms (key),
  user_id TEXT NOT NULL,
  user TEXT NOT NULL,
  role TEXT NOT NULL,
  since INTEGER NOT NULL,
  invite TEXT,
  UNIQUE (room_key, user_id)
) STRICT;
CREATE TABLE places (
  user_id TEXT NOT NULL,
  room TEXT NOT NULL,
  read INTEGER NOT NULL,
  listed INTEGER NOT NULL,
  muted INTEGER NOT NULL,
  removed INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (user_id, room)
) STRICT, WITHOUT ROWID;
CREATE TABLE people (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  search TEXT NOT NULL,
  seen INTEGER NOT NULL
) STRICT;
CREATE TABLE invites (
  token TEXT PRIMARY KEY,
  room TEXT NOT NULL,
  role TEXT NOT NULL,
  expires INTEGER,
  author TEXT NOT NULL,
  created INTEGER NOT NULL,
  revoked INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX rooms_recent ON rooms (timestamp DESC, room) WHERE public = 1;
CREATE INDEX holders_expiry ON holders (expires);
CREATE INDEX names_holder ON names (holder_id);
CREATE UNIQUE INDEX rooms_conversation ON rooms (conversation) WHERE conversation IS NOT NULL;
CREATE INDEX messages_pinned ON messages (room_key, pinned) WHERE pinned IS NOT NULL;
CREATE INDEX messages_unread ON messages
  (room_key, seq, iif(deleted, NULL, payload ->> '$.user.id'));
CREATE INDEX members_invite ON members (invite) WHERE invite IS NOT NULL;
CREATE INDEX invites_room ON invites (room);
COMMIT;
