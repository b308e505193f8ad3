"""Makes Magnum's tables in SQLite, from Magnum's own models.

Its migrations (`magnum-db-manage upgrade`) change constraints, which SQLite cannot.
usage: magnum_schema.py --config-file magnum.conf
"""
import sys

import magnum.conf
from magnum.db.sqlalchemy import migration
from magnum.db.sqlalchemy import models
from oslo_db.sqlalchemy import enginefacade

magnum.conf.CONF(sys.argv[1:], project="magnum")
models.Base.metadata.create_all(enginefacade.writer.get_engine())
migration.stamp("head")
