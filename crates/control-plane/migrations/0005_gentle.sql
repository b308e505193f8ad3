-- Whether a task leaves a node where it is when its work finds no other place: nobody asked for it.
ALTER TABLE tasks ADD COLUMN gentle INTEGER NOT NULL DEFAULT 0;
