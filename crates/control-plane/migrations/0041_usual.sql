-- What made the machines of a task: `docker` takes other times than `simulated`. NULL: not finished, or
-- finished before this was noted.
ALTER TABLE tasks ADD COLUMN provisioning TEXT;
