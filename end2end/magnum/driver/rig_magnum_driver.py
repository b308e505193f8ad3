"""A driver of Magnum's that owns no machines: every operation takes a while, and that is all.

Magnum 23 brings no driver (Heat's was removed), so that every cloud installs one. The conductor's
own periodic task asks this one how clusters in progress do, and the answer is a matter of time. All
state is in Magnum's database: a conductor that died and was started again goes on where it was.

What steers a cluster: the labels of README.md, and these variables of the conductor:
  RIG_OP_SECONDS   how long an operation takes
  RIG_API_ADDRESS  the api_address clusters get
"""
import os

from magnum import objects
from magnum.common import exception
from magnum.drivers.common import driver
from magnum.objects import fields
from oslo_utils import timeutils
from oslo_utils import uuidutils

import rig_sqlite  # noqa: F401  (here, because every process of Magnum's loads its drivers)

S = fields.ClusterStatus


def _label(cluster, name, default=""):
    return (cluster.labels or {}).get(name, default)


def _fails(thing, operation):
    return operation in [name.strip() for name in _label(thing, "rig_fail").split(",")]


def _group_fails(cluster, group, operation):
    # A group made later has labels of its own; those of the first two are a copy of the cluster's.
    return _fails(cluster, operation) or (not group.is_default and _fails(group, operation))


def _seconds(cluster):
    return float(_label(cluster, "rig_seconds", os.environ.get("RIG_OP_SECONDS", "2")))


def _age(thing):
    when = thing.updated_at or thing.created_at
    if when is None:
        return 0.0
    return (timeutils.utcnow() - when.replace(tzinfo=None)).total_seconds()


def _node_addresses(group):
    # Of the range kept for documentation (RFC 5737): nothing listens there.
    number = group.id if group.obj_attr_is_set("id") else 0
    first = (10 if group.role == "master" else 100) + 10 * (number % 10)
    return ["192.0.2.%d" % (first + i) for i in range(group.node_count)]


def _api_address(cluster):
    address = (_label(cluster, "rig_api_address") or os.environ.get("RIG_API_ADDRESS")
               or "192.0.2.10:6443")
    return address if "://" in address else "https://" + address


def describe(cluster, groups):
    """What is known of a cluster once it stands."""
    cluster.api_address = _api_address(cluster)
    cluster.coe_version = _label(cluster, "kube_tag", "v1.31.1")
    cluster.container_version = "containerd 1.7"
    cluster.health_status = fields.ClusterHealthStatus.HEALTHY
    reason = {"api": "ok"}
    for group in groups:
        if (group.status or "").endswith("_FAILED"):
            continue
        for i in range(group.node_count):
            reason["%s-%s-%d.Ready" % (cluster.name, group.name, i)] = "True"
    cluster.health_status_reason = reason


def describe_group(group):
    group.status_reason = None
    group.node_addresses = _node_addresses(group)


class RigDriver(driver.Driver):

    @property
    def provides(self):
        return [{"server_type": "vm", "os": name, "coe": "kubernetes"}
                for name in ("ubuntu", "fedora-coreos", "flatcar", "rig")]

    # --- Operations: the conductor has set *_IN_PROGRESS already --------------------------------

    def create_cluster(self, context, cluster, cluster_create_timeout):
        cluster.stack_id = uuidutils.generate_uuid()

    def update_cluster(self, context, cluster, scale_manager=None, rollback=False):
        group = cluster.default_ng_worker
        group.status = S.UPDATE_IN_PROGRESS
        group.save()

    def resize_cluster(self, context, cluster, resize_manager, node_count, nodes_to_remove,
                       nodegroup=None):
        nodegroup.status = S.UPDATE_IN_PROGRESS
        nodegroup.save()

    def upgrade_cluster(self, context, cluster, cluster_template, max_batch_size, nodegroup,
                        scale_manager=None, rollback=False):
        cluster.cluster_template_id = cluster_template.uuid
        cluster.labels = dict(cluster.labels or {}, **(cluster_template.labels or {}))

    def delete_cluster(self, context, cluster):
        for group in cluster.nodegroups:
            group.status = S.DELETE_IN_PROGRESS
            group.save()

    def create_nodegroup(self, context, cluster, nodegroup):
        nodegroup.stack_id = uuidutils.generate_uuid()

    def update_nodegroup(self, context, cluster, nodegroup):
        pass

    def delete_nodegroup(self, context, cluster, nodegroup):
        nodegroup.save()

    def rotate_ca_certificate(self, context, cluster):
        if _fails(cluster, "rotate"):
            # As with the drivers that cannot do it.
            super().rotate_ca_certificate(context, cluster)

    def rotate_credential(self, context, cluster):
        pass

    def validate_master_resize(self, node_count):
        if node_count % 2 == 0 or node_count < 1:
            raise exception.MasterNGSizeInvalid(requested_size=node_count)

    def create_federation(self, context, federation):
        raise exception.NotSupported("federation")

    update_federation = create_federation
    delete_federation = create_federation

    # --- Asked by the conductor, again and again, of clusters in progress ------------------------

    def update_cluster_status(self, context, cluster, use_admin_ctx=False):
        seconds = _seconds(cluster)
        if _age(cluster) < seconds:
            return
        busy = False
        for group in objects.NodeGroup.list(context, cluster.uuid):
            if not (group.status or "").endswith("_IN_PROGRESS"):
                continue
            if cluster.status != S.CREATE_IN_PROGRESS and _age(group) < seconds:
                busy = True
                continue
            operation = group.status.split("_", 1)[0].lower()
            if _group_fails(cluster, group, operation):
                group.status = operation.upper() + "_FAILED"
                group.status_reason = "rig_fail asked for a failed %s" % operation
                group.save()
            elif operation == "delete":
                group.destroy()
            else:
                group.status = operation.upper() + "_COMPLETE"
                describe_group(group)
                group.save()
        if busy:
            return
        operation = cluster.status.split("_", 1)[0].lower()
        if _fails(cluster, operation):
            cluster.status = operation.upper() + "_FAILED"
            # Worded as one of Magnum's own reasons.
            cluster.status_reason = "Failed to %s trust or trustee for Cluster: rig_fail" % operation
        else:
            cluster.status = operation.upper() + "_COMPLETE"
            cluster.status_reason = None
            if operation != "delete":
                describe(cluster, objects.NodeGroup.list(context, cluster.uuid))
        cluster.save()
