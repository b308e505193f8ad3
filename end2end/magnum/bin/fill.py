"""Puts COUNT clusters that stand into Magnum's database, for measuring long lists. They are alice's, in
project demo, made from k8s-1.31, with nodegroups and certificates as if they had been created.

Through Magnum's own objects and not its API, which takes a second for each. They share one private
key, whose making takes most of that second. The project's quota is raised so that 20 more fit.
usage: fill.py COUNT    in the rig's folder
"""
import json
import logging
import sys

import magnum.conf
from magnum import objects
from magnum.common import context
from magnum.common import exception
from magnum.common import service
from magnum.common.x509 import operations
from magnum.conductor import utils
from magnum.conductor.handlers.common import cert_manager
from magnum.objects import fields
from oslo_utils import uuidutils

import rig_magnum_driver

COUNT = int(sys.argv[1])
with open("rig.json") as file:
    RIG = json.load(file)
USER, PROJECT = RIG["users"]["alice"]["id"], RIG["projects"]["demo"]

logging.disable(logging.WARNING)
service.prepare_service(["fill", "--config-file", "magnum/magnum-api.conf"])
# Magnum's logging has taken what goes wrong into its file.
sys.excepthook = sys.__excepthook__
alice = context.make_context(user_id=USER, project_id=PROJECT, is_admin=False)
template = objects.ClusterTemplate.get_by_uuid(alice, RIG["templates"]["k8s-1.31"])

# To make keys, to lock them with a password and to load them again is what takes long.
key = operations.rsa.generate_private_key(public_exponent=65537, key_size=2048)
operations.rsa.generate_private_key = lambda **_: key
operations._load_pem_private_key = lambda *_, **__: key
cert_manager.short_id.generate_id = lambda: None


def fill(number):
    cluster = objects.Cluster(
        alice, uuid=uuidutils.generate_uuid(), name="filled-%04d" % number, user_id=USER,
        project_id=PROJECT, cluster_template_id=template.uuid, keypair=RIG["keypair"],
        docker_volume_size=template.docker_volume_size, labels=template.labels,
        master_flavor_id=template.master_flavor_id, flavor_id=template.flavor_id,
        stack_id=uuidutils.generate_uuid(), create_timeout=60, floating_ip_enabled=True,
        master_lb_enabled=template.master_lb_enabled, status=fields.ClusterStatus.CREATE_COMPLETE)
    groups = [utils._get_nodegroup_object(alice, cluster, count, is_master=master)
              for master, count in ((True, 1 + 2 * (number % 2)), (False, 1 + number % 5))]
    # The groups first: a list that meets a cluster without any is refused.
    for group in groups:
        group.status = fields.ClusterStatus.CREATE_COMPLETE
        group.stack_id = cluster.stack_id
        rig_magnum_driver.describe_group(group)
        group.create()
    rig_magnum_driver.describe(cluster, groups)
    cert_manager.generate_certificates_to_cluster(cluster, context=alice)
    cluster.create()


def make_room(clusters):
    quota = {"project_id": PROJECT, "resource": "Cluster", "hard_limit": clusters}
    try:
        objects.Quota.update_quota(alice, PROJECT, quota)
    except exception.QuotaNotFound:
        objects.Quota(alice, **quota).create()


present = objects.Cluster.get_count_all(alice, {"project_id": PROJECT})
for i in range(COUNT):
    fill(present + i + 1)
make_room(present + COUNT + 20)
print("%d clusters in project demo" % (present + COUNT))
