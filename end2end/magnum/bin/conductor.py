"""Magnum's conductor as its own command starts it, but for two things: it looks after clusters in
progress every RIG_SYNC_SECONDS (10 in Magnum, fixed), and it makes the file RIG_READY_FILE once it
takes orders.
usage: conductor.py --config-file magnum.conf
"""
import os
import pathlib
import sys

from magnum.cmd import conductor
from magnum.common import rpc_service
from magnum.service import periodic

periodic.MagnumPeriodicTasks._periodic_spacing["sync_cluster_status"] = float(
    os.environ["RIG_SYNC_SECONDS"])
_start = rpc_service.Service.start


def _start_and_say_so(service):
    _start(service)
    pathlib.Path(os.environ["RIG_READY_FILE"]).touch()


rpc_service.Service.start = _start_and_say_so
sys.exit(conductor.main())
