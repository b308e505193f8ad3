-- Who asked for it: the name of an account. NULL: the control plane did it by itself.
ALTER TABLE events ADD COLUMN actor TEXT;
