-- What version 2 made of a database of the first one, and somebody's pause.
CREATE TABLE paused (user_id text NOT NULL REFERENCES users ON DELETE CASCADE, instance_id text NOT NULL REFERENCES instances,
  PRIMARY KEY (user_id, instance_id));
INSERT INTO paused VALUES ('ada', 'm');
INSERT INTO schema_version (version) VALUES (2);
