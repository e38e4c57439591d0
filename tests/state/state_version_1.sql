PRAGMA application_id = 1769165684;
PRAGMA user_version = 1;
BEGIN TRANSACTION;
CREATE TABLE album (
        key TEXT PRIMARY KEY, id TEXT NOT NULL, folder BLOB NOT NULL, title BLOB, description BLOB, privacy TEXT,
        sent_at REAL NOT NULL, edited INTEGER NOT NULL, serial INTEGER NOT NULL, placed INTEGER NOT NULL,
        made_at REAL NOT NULL, root_device TEXT, root_inode TEXT, gone INTEGER NOT NULL, seal BLOB NOT NULL) STRICT;
INSERT INTO "album" VALUES('dogs','D',X'646F6773',NULL,NULL,NULL,0.0,0,1,0,1.0,NULL,NULL,0,X'37664CBD9E2F3B3D');
INSERT INTO "album" VALUES('cats','AbC1234',X'70686F746F732F63617473',NULL,NULL,NULL,0.0,0,8,2,10.0,NULL,NULL,0,X'F4BFE0A9DBC7EEB3');
CREATE TABLE copy (
        album TEXT NOT NULL, short TEXT NOT NULL, highest INTEGER NOT NULL, seal BLOB NOT NULL,
        PRIMARY KEY (album, short)) STRICT;
INSERT INTO "copy" VALUES('cats','e1608f75c5d7813f',0,X'2A941F88AF047222');
INSERT INTO "copy" VALUES('cats','2d711642b726b044',0,X'A45A70329EEBB741');
INSERT INTO "copy" VALUES('cats','c3eefb58d7c42440',4,X'E46496092E2B13A3');
INSERT INTO "copy" VALUES('cats','2348f99874421257',0,X'E69DBD5C9C532189');
CREATE TABLE deletehash (
        kind TEXT NOT NULL, id TEXT NOT NULL, text TEXT NOT NULL, seal BLOB NOT NULL, PRIMARY KEY (kind, id)) STRICT;
INSERT INTO "deletehash" VALUES('album','dogs','hush-album',X'A2E4135CF914556F');
CREATE TABLE failed (
        album TEXT NOT NULL, path BLOB NOT NULL, digest TEXT NOT NULL, reason BLOB NOT NULL, at REAL NOT NULL,
        seal BLOB NOT NULL, PRIMARY KEY (album, path)) STRICT;
INSERT INTO "failed" VALUES('cats',X'66','d',X'776879',2.0,X'003BA9646A7281EF');
CREATE TABLE ignored_wish (
        album TEXT NOT NULL REFERENCES album (key) DEFERRABLE INITIALLY DEFERRED, field TEXT NOT NULL,
        wish BLOB NOT NULL, before BLOB NOT NULL, attempts INTEGER NOT NULL, at REAL NOT NULL, seal BLOB NOT NULL,
        PRIMARY KEY (album, field)) STRICT;
INSERT INTO "ignored_wish" VALUES('cats','order',X'77',X'62',1,4.0,X'1807C1FA14B13E9E');
CREATE TABLE intent (
        number INTEGER PRIMARY KEY, kind TEXT NOT NULL, album TEXT NOT NULL, target TEXT NOT NULL, path BLOB NOT NULL,
        digest TEXT NOT NULL, size INTEGER NOT NULL, media_type TEXT NOT NULL, width INTEGER NOT NULL,
        height INTEGER NOT NULL, has_gps INTEGER NOT NULL, marker TEXT NOT NULL, copy INTEGER NOT NULL,
        reservation INTEGER NOT NULL, made_at REAL NOT NULL, failed_at REAL, sends INTEGER NOT NULL,
        status TEXT NOT NULL, replaces TEXT NOT NULL, restores INTEGER NOT NULL, wish BLOB NOT NULL,
        seal BLOB NOT NULL) STRICT;
INSERT INTO "intent" VALUES(1,'upload','cats','AbC1234',X'746F6D2E6A7067','c3eefb58d7c42440a9d4abec51d629544d635a6d936ff3c4d3fca96d611b3cf3',5,'',0,0,0,'',4,0,15.0,NULL,1,'closed','',0,X'',X'297105327ECB2D49');
INSERT INTO "intent" VALUES(2,'upload','cats','AbC1234',X'746F6D2E6A7067','2348f998744212575d85959674f9607ab26f67708a917157472832386337c904',5,'',0,0,0,'',0,0,15.0,NULL,1,'open','',0,X'',X'B142286C89907AAC');
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL, seal BLOB NOT NULL) STRICT;
INSERT INTO "meta" VALUES('lineage','k3v9x2mq',X'BC968A0CE6DD4BD6');
CREATE TABLE picture (
        id TEXT PRIMARY KEY, album TEXT NOT NULL, path BLOB NOT NULL, digest TEXT NOT NULL, sent_digest TEXT NOT NULL,
        marker TEXT NOT NULL, media_type TEXT NOT NULL, size INTEGER NOT NULL, width INTEGER NOT NULL,
        height INTEGER NOT NULL, link TEXT NOT NULL, made_at REAL NOT NULL, placed_at REAL NOT NULL,
        standing TEXT NOT NULL, complete INTEGER NOT NULL, has_gps INTEGER NOT NULL, restored INTEGER NOT NULL,
        seal BLOB NOT NULL) STRICT;
INSERT INTO "picture" VALUES('p1','cats',X'746F6D2E6A7067','e1608f75c5d7813f3d4031cb30bfb786507d98137538ff8e128a6ff74e84e643','e1608f75c5d7813f3d4031cb30bfb786507d98137538ff8e128a6ff74e84e643','tom.is1-e1608f75c5d7813f-bce9ba23.jpg','image/jpeg',5,4,3,'https://i.imgur.com/p1.jpg',20.0,21.0,'placed',1,0,0,X'E20DDB59450824E5');
INSERT INTO "picture" VALUES('p2','cats',X'746F6D2E6A7067','2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881','2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881','tom.is1-2d711642b726b044-c3f7efe6.jpg','image/jpeg',5,4,3,'https://i.imgur.com/p2.jpg',20.0,21.0,'detached',1,0,0,X'C8742EB343C3AC10');
INSERT INTO "picture" VALUES('p3','cats',X'746F6D2E6A7067','c3eefb58d7c42440a9d4abec51d629544d635a6d936ff3c4d3fca96d611b3cf3','c3eefb58d7c42440a9d4abec51d629544d635a6d936ff3c4d3fca96d611b3cf3','tom.is1-c3eefb58d7c42440-eef4a1b3.jpg','image/jpeg',5,4,3,'https://i.imgur.com/p3.jpg',20.0,21.0,'placed',1,0,0,X'821DEEF6AB200ADC');
CREATE TABLE retired (
        number INTEGER PRIMARY KEY, album TEXT NOT NULL, path BLOB NOT NULL, old_id TEXT NOT NULL,
        new_id TEXT NOT NULL, old_link TEXT NOT NULL, new_link TEXT NOT NULL, at REAL NOT NULL,
        seal BLOB NOT NULL) STRICT;
INSERT INTO "retired" VALUES(1,'cats',X'66','o','n','ol','nl',3.0,X'CC7DE70B47B8FD1D');
CREATE INDEX picture_album ON picture (album, standing);
CREATE INDEX picture_detached ON picture (substr(digest, 1, 16)) WHERE standing = 'detached';
CREATE INDEX intent_unsure ON intent (status) WHERE status <> 'closed';
CREATE INDEX retired_album ON retired (album, at, number);
COMMIT;
