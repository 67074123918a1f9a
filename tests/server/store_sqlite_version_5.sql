-- A database as Parlor wrote it with user_version 5: what a newer one has to open.
PRAGMA application_id = 1348563564;
PRAGMA user_version = 5;
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE meta (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;
INSERT INTO meta VALUES('epoch','kept-epoch-5');
INSERT INTO meta VALUES('created','2026-11-21T19:08:23.700Z');
CREATE TABLE rooms (
  key INTEGER PRIMARY KEY,
  room TEXT NOT NULL UNIQUE,
  public INTEGER NOT NULL CHECK (public IN (0, 1)),
  head INTEGER NOT NULL,
  timestamp INTEGER NOT NULL
, kind TEXT NOT NULL DEFAULT 'public', settings TEXT NOT NULL DEFAULT '{}', title TEXT NOT NULL DEFAULT '', conversation TEXT) STRICT;
INSERT INTO rooms VALUES(1,'lobby',1,37,1700000018500,'public','{"title":"The lobby"}','the lobby',NULL);
INSERT INTO rooms VALUES(2,'~talk',0,5,1700000021000,'direct','{}','','u_ada u_bob');
INSERT INTO rooms VALUES(3,'~secret',0,3,1700000022500,'private','{"title":"Secret"}','secret',NULL);
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
INSERT INTO events VALUES(1,1,1700000000500,'chat','u_ada','id-1',1,'{"user":{"id":"u_ada","name":"Ada"},"message":"@Bob has a look","mentions":[{"id":"u_bob","name":"Bob"}]}');
INSERT INTO events VALUES(1,2,1700000001000,'chat','u_ada','id-2',1,'{"user":{"id":"u_ada","name":"Ada"},"message":"many react"}');
INSERT INTO events VALUES(1,3,1700000001500,'chat','u_ada','id-3',1,'{"user":{"id":"u_ada","name":"Ada"},"message":"","deleted":true}');
INSERT INTO events VALUES(1,4,1700000002000,'chat','u_ada','id-4',1,'{"user":{"id":"u_ada","name":"Ada"},"message":"","deleted":true}');
INSERT INTO events VALUES(1,5,1700000002500,'chat','u_bob','id-5',1,'{"user":{"id":"u_bob","name":"Bob"},"message":"pinned first\u0000 „Zoë“ 🌱"}');
INSERT INTO events VALUES(1,6,1700000003000,'chat','u_cleo','id-6',1,'{"user":{"id":"u_cleo","name":"Cleo"},"message":"few react","replyTo":5}');
INSERT INTO events VALUES(1,7,1700000003500,'chat','u_bob','id-7',1,'{"user":{"id":"u_bob","name":"Bob"},"message":"@everybody come","mentions":[{"id":"@room","name":"everybody"}]}');
INSERT INTO events VALUES(1,8,1700000004000,'chat','u_cleo','id-8',1,'{"user":{"id":"u_cleo","name":"Cleo"},"message":"pinned for a while"}');
INSERT INTO events VALUES(1,9,1700000004500,'chat','guest-1','id-9',1,'{"user":{"id":"guest-1","name":"meter","unverified":true},"message":"sent 512 bytes","bytes":512}');
INSERT INTO events VALUES(1,10,1700000005000,'edit','u_ada','id-10',1,'{"user":{"id":"u_ada","name":"Ada"},"target":1,"message":"@Bob and @Cleo have a look","mentions":[{"id":"u_bob","name":"Bob"},{"id":"u_cleo","name":"Cleo"}]}');
INSERT INTO events VALUES(1,11,1700000005500,'edit','u_ada','id-11',1,'{"user":{"id":"u_ada","name":"Ada"},"target":1,"message":"@Cleo has a look","mentions":[{"id":"u_cleo","name":"Cleo"}]}');
INSERT INTO events VALUES(1,12,1700000006000,'edit','u_ada','id-12',1,'{"user":{"id":"u_ada","name":"Ada"},"message":"","deleted":true,"target":4}');
INSERT INTO events VALUES(1,13,1700000006500,'react','u_ada','id-13',1,'{"user":{"id":"u_ada","name":"Ada"},"target":2,"emoji":"👍","on":true,"count":1}');
INSERT INTO events VALUES(1,14,1700000007000,'react','u_bob','id-14',1,'{"user":{"id":"u_bob","name":"Bob"},"target":2,"emoji":"👍","on":true,"count":2}');
INSERT INTO events VALUES(1,15,1700000007500,'react','u_cleo','id-15',1,'{"user":{"id":"u_cleo","name":"Cleo"},"target":2,"emoji":"👍","on":true,"count":3}');
INSERT INTO events VALUES(1,16,1700000008000,'react','u_dan','id-16',1,'{"user":{"id":"u_dan","name":"Dan"},"target":2,"emoji":"👍","on":true,"count":4}');
INSERT INTO events VALUES(1,17,1700000008500,'react','u_eve','id-17',1,'{"user":{"id":"u_eve","name":"Eve"},"target":2,"emoji":"👍","on":true,"count":5}');
INSERT INTO events VALUES(1,18,1700000009000,'react','u_fay','id-18',1,'{"user":{"id":"u_fay","name":"Fay"},"target":2,"emoji":"👍","on":true,"count":6}');
INSERT INTO events VALUES(1,19,1700000009500,'react','u_bob','id-19',1,'{"user":{"id":"u_bob","name":"Bob"},"target":2,"emoji":"🌱","on":true,"count":1}');
INSERT INTO events VALUES(1,20,1700000010000,'react','u_ada','id-20',1,'{"user":{"id":"u_ada","name":"Ada"},"target":6,"emoji":"👍","on":true,"count":1}');
INSERT INTO events VALUES(1,21,1700000010500,'react','u_bob','id-21',1,'{"user":{"id":"u_bob","name":"Bob"},"target":6,"emoji":"👍","on":true,"count":2}');
INSERT INTO events VALUES(1,22,1700000011000,'react','u_dan','id-22',1,'{"user":{"id":"u_dan","name":"Dan"},"target":6,"emoji":"🎉","on":true,"count":1}');
INSERT INTO events VALUES(1,23,1700000011500,'react','u_ada','id-23',1,'{"user":{"id":"u_ada","name":"Ada"},"target":6,"emoji":"👍","on":false,"count":1}');
INSERT INTO events VALUES(1,24,1700000012000,'react','u_ada','id-24',1,'{"user":{"id":"u_ada","name":"Ada"},"target":5,"emoji":"👍","on":true,"count":1}');
INSERT INTO events VALUES(1,25,1700000012500,'react','u_ada','id-25',1,'{"user":{"id":"u_ada","name":"Ada"},"target":5,"emoji":"👍","on":false,"count":0}');
INSERT INTO events VALUES(1,26,1700000013000,'react','u_bob','id-26',1,'{"user":{"id":"u_bob","name":"Bob"},"target":4,"emoji":"👍","on":true,"count":1}');
INSERT INTO events VALUES(1,27,1700000013500,'pin','u_bob','id-27',1,'{"user":{"id":"u_bob","name":"Bob"},"target":4,"on":true}');
INSERT INTO events VALUES(1,28,1700000014000,'pin','u_ada','id-28',1,'{"user":{"id":"u_ada","name":"Ada"},"target":5,"on":true}');
INSERT INTO events VALUES(1,29,1700000014500,'pin','u_bob','id-29',1,'{"user":{"id":"u_bob","name":"Bob"},"target":8,"on":true}');
INSERT INTO events VALUES(1,30,1700000015000,'pin','u_cleo','id-30',1,'{"user":{"id":"u_cleo","name":"Cleo"},"target":6,"on":true}');
INSERT INTO events VALUES(1,31,1700000015500,'pin','u_bob','id-31',1,'{"user":{"id":"u_bob","name":"Bob"},"target":8,"on":false}');
INSERT INTO events VALUES(1,32,1700000016000,'pin','u_bob','id-32',1,'{"user":{"id":"u_bob","name":"Bob"},"target":1,"on":true}');
INSERT INTO events VALUES(1,33,1700000016500,'edit','u_bob','id-33',1,'{"user":{"id":"u_bob","name":"Bob"},"target":7,"message":"@everybody come soon","mentions":[{"id":"@room","name":"everybody"}]}');
INSERT INTO events VALUES(1,34,1700000017000,'edit','u_cleo','id-34',1,'{"user":{"id":"u_cleo","name":"Cleo"},"target":6,"message":"few react, and it was edited"}');
INSERT INTO events VALUES(1,35,1700000017500,'delete','u_bob','id-35',1,'{"user":{"id":"u_bob","name":"Bob"},"target":3}');
INSERT INTO events VALUES(1,36,1700000018000,'delete','u_ada','id-36',1,'{"user":{"id":"u_ada","name":"Ada"},"target":4}');
INSERT INTO events VALUES(1,37,1700000018500,'room','u_ada','id-37',1,'{"user":{"id":"u_ada","name":"Ada"},"settings":{"title":"The lobby"}}');
INSERT INTO events VALUES(2,1,1700000019000,'room','u_ada','id-38',1,'{"user":{"id":"u_ada","name":"Ada"},"created":"direct","settings":{},"members":[{"user":{"id":"u_ada","name":"Ada"},"role":"member"},{"user":{"id":"u_bob","name":"Bob"},"role":"member"}]}');
INSERT INTO events VALUES(2,2,1700000019500,'chat','u_ada','id-39',1,'{"user":{"id":"u_ada","name":"Ada"},"message":"just us"}');
INSERT INTO events VALUES(2,3,1700000020000,'chat','u_ada','id-40',1,'{"user":{"id":"u_ada","name":"Ada"},"message":"","deleted":true}');
INSERT INTO events VALUES(2,4,1700000020500,'chat','u_ada','id-41',1,'{"user":{"id":"u_ada","name":"Ada"},"message":"still unread"}');
INSERT INTO events VALUES(2,5,1700000021000,'delete','u_ada','id-42',1,'{"user":{"id":"u_ada","name":"Ada"},"target":3}');
INSERT INTO events VALUES(3,1,1700000021500,'room','u_ada','id-43',1,'{"user":{"id":"u_ada","name":"Ada"},"created":"private","settings":{"title":"Secret"},"members":[{"user":{"id":"u_ada","name":"Ada"},"role":"owner"}]}');
INSERT INTO events VALUES(3,2,1700000022000,'member','u_ada','id-44',1,'{"user":{"id":"u_ada","name":"Ada"},"member":{"id":"u_cleo","name":"Cleo"},"role":"member"}');
INSERT INTO events VALUES(3,3,1700000022500,'chat','u_cleo','id-45',1,'{"user":{"id":"u_cleo","name":"Cleo"},"message":"hush"}');
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
INSERT INTO messages VALUES(1,1,1700000000500,'id-1',1,'{"user":{"id":"u_ada","name":"Ada"},"message":"@Cleo has a look","edited":1700000005500,"mentions":[{"id":"u_cleo","name":"Cleo"}]}',0,32,NULL);
INSERT INTO messages VALUES(1,2,1700000001000,'id-2',1,'{"user":{"id":"u_ada","name":"Ada"},"message":"many react"}',0,NULL,'["👍",6,"🌱",1]');
INSERT INTO messages VALUES(1,3,1700000001500,'id-3',1,'{"user":{"id":"u_ada","name":"Ada"},"message":"","deleted":true,"deletedBy":{"id":"u_bob","name":"Bob"}}',1,NULL,NULL);
INSERT INTO messages VALUES(1,4,1700000002000,'id-4',1,'{"user":{"id":"u_ada","name":"Ada"},"message":"","deleted":true}',1,NULL,NULL);
INSERT INTO messages VALUES(1,5,1700000002500,'id-5',1,'{"user":{"id":"u_bob","name":"Bob"},"message":"pinned first\u0000 „Zoë“ 🌱"}',0,28,NULL);
INSERT INTO messages VALUES(1,6,1700000003000,'id-6',1,'{"user":{"id":"u_cleo","name":"Cleo"},"message":"few react, and it was edited","replyTo":5,"edited":1700000017000}',0,30,'["👍",[{"id":"u_bob","name":"Bob"}],"🎉",[{"id":"u_dan","name":"Dan"}]]');
INSERT INTO messages VALUES(1,7,1700000003500,'id-7',1,'{"user":{"id":"u_bob","name":"Bob"},"message":"@everybody come soon","edited":1700000016500,"mentions":[{"id":"@room","name":"everybody"}]}',0,NULL,NULL);
INSERT INTO messages VALUES(1,8,1700000004000,'id-8',1,'{"user":{"id":"u_cleo","name":"Cleo"},"message":"pinned for a while"}',0,NULL,NULL);
INSERT INTO messages VALUES(1,9,1700000004500,'id-9',1,'{"user":{"id":"guest-1","name":"meter","unverified":true},"message":"sent 512 bytes","bytes":512}',0,NULL,NULL);
INSERT INTO messages VALUES(2,2,1700000019500,'id-39',1,'{"user":{"id":"u_ada","name":"Ada"},"message":"just us"}',0,NULL,NULL);
INSERT INTO messages VALUES(2,3,1700000020000,'id-40',1,'{"user":{"id":"u_ada","name":"Ada"},"message":"","deleted":true}',1,NULL,NULL);
INSERT INTO messages VALUES(2,4,1700000020500,'id-41',1,'{"user":{"id":"u_ada","name":"Ada"},"message":"still unread"}',0,NULL,NULL);
INSERT INTO messages VALUES(3,3,1700000022500,'id-45',1,'{"user":{"id":"u_cleo","name":"Cleo"},"message":"hush"}',0,NULL,NULL);
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
INSERT INTO edits VALUES(1,1,10);
INSERT INTO edits VALUES(1,1,11);
INSERT INTO edits VALUES(1,6,34);
INSERT INTO edits VALUES(1,7,33);
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
CREATE TABLE mentions (
  user_id TEXT NOT NULL,
  room_key INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  author_id TEXT NOT NULL,
  PRIMARY KEY (user_id, room_key, seq)
) STRICT, WITHOUT ROWID;
INSERT INTO mentions VALUES('@room',1,7,'u_bob');
INSERT INTO mentions VALUES('u_cleo',1,1,'u_ada');
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
INSERT INTO members VALUES(1,2,'u_ada','{"id":"u_ada","name":"Ada"}','member',1700000019000,NULL);
INSERT INTO members VALUES(2,2,'u_bob','{"id":"u_bob","name":"Bob"}','member',1700000019000,NULL);
INSERT INTO members VALUES(3,3,'u_ada','{"id":"u_ada","name":"Ada"}','owner',1700000021500,NULL);
INSERT INTO members VALUES(4,3,'u_cleo','{"id":"u_cleo","name":"Cleo"}','member',1700000022000,NULL);
CREATE TABLE places (
  user_id TEXT NOT NULL,
  room TEXT NOT NULL,
  read INTEGER NOT NULL,
  listed INTEGER NOT NULL,
  muted INTEGER NOT NULL,
  removed INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (user_id, room)
) STRICT, WITHOUT ROWID;
INSERT INTO places VALUES('u_ada','lobby',0,1,0,0);
INSERT INTO places VALUES('u_ada','~secret',1,1,0,0);
INSERT INTO places VALUES('u_ada','~talk',1,1,0,0);
INSERT INTO places VALUES('u_bob','lobby',4,1,0,0);
INSERT INTO places VALUES('u_bob','~talk',1,1,0,0);
INSERT INTO places VALUES('u_cleo','lobby',37,0,1,0);
INSERT INTO places VALUES('u_cleo','~secret',2,1,0,0);
CREATE TABLE people (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  search TEXT NOT NULL,
  seen INTEGER NOT NULL
) STRICT;
INSERT INTO people VALUES('u_ada','Ada','ada',1700000022500);
INSERT INTO people VALUES('u_bob','Bob','bob',1700000022500);
INSERT INTO people VALUES('u_cleo','Cleo','cleo',1700000022500);
CREATE TABLE invites (
  token TEXT PRIMARY KEY,
  room TEXT NOT NULL,
  role TEXT NOT NULL,
  expires INTEGER,
  author TEXT NOT NULL,
  created INTEGER NOT NULL,
  revoked INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE reactions (
  key INTEGER PRIMARY KEY,
  room_key INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  emoji TEXT NOT NULL,
  user_id TEXT NOT NULL,
  reactor_key INTEGER NOT NULL REFERENCES reactors (key),
  UNIQUE (room_key, user_id, seq, emoji)
) STRICT;
INSERT INTO reactions VALUES(1,1,2,'👍','u_ada',1);
INSERT INTO reactions VALUES(2,1,2,'👍','u_bob',2);
INSERT INTO reactions VALUES(3,1,2,'👍','u_cleo',3);
INSERT INTO reactions VALUES(4,1,2,'👍','u_dan',4);
INSERT INTO reactions VALUES(5,1,2,'👍','u_eve',5);
INSERT INTO reactions VALUES(6,1,2,'👍','u_fay',6);
INSERT INTO reactions VALUES(7,1,2,'🌱','u_bob',2);
INSERT INTO reactions VALUES(9,1,6,'👍','u_bob',2);
INSERT INTO reactions VALUES(10,1,6,'🎉','u_dan',4);
CREATE INDEX rooms_recent ON rooms (timestamp DESC, room) WHERE public = 1;
CREATE INDEX holders_expiry ON holders (expires);
CREATE INDEX names_holder ON names (holder_id);
CREATE UNIQUE INDEX rooms_conversation ON rooms (conversation) WHERE conversation IS NOT NULL;
CREATE INDEX messages_pinned ON messages (room_key, pinned) WHERE pinned IS NOT NULL;
CREATE INDEX messages_unread ON messages
      (room_key, seq, iif(deleted, NULL, payload ->> '$.user.id'));
CREATE INDEX members_invite ON members (invite) WHERE invite IS NOT NULL;
CREATE INDEX invites_room ON invites (room);
CREATE INDEX events_notices ON events (room_key, seq) WHERE type IN ('room', 'member');
CREATE INDEX reactions_message ON reactions (room_key, seq, emoji);
COMMIT;
