"""Nova, Glance and Neutron, as far as Magnum and a create form ask them: flavors, keypairs,
availability zones, images, networks, subnets, from fixed tables. All else of the rig is the real
software.
usage: stubs.py PORT
"""
import json
import re
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlparse

PORT = int(sys.argv[1])
BASE = "http://127.0.0.1:%d" % PORT
FLAVORS = [
    {"id": str(i), "name": name, "vcpus": cpus, "ram": ram, "disk": disk, "swap": 0,
     "rxtx_factor": 1.0, "OS-FLV-EXT-DATA:ephemeral": 0, "OS-FLV-DISABLED:disabled": False,
     "os-flavor-access:is_public": True, "links": []}
    for i, (name, cpus, ram, disk) in enumerate(
        [("m1.small", 1, 2048, 20), ("m1.medium", 2, 4096, 40), ("m1.large", 4, 8192, 80)], 1)]
KEYPAIRS = [
    {"name": "rig-key", "type": "ssh",
     "fingerprint": "7e:eb:ab:24:ba:d1:e1:88:ae:9a:fb:66:53:df:d3:bd",
     "public_key": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFakeKeyForTests rig"}]
ZONES = [{"zoneName": "nova", "zoneState": {"available": True}, "hosts": None}]
IMAGES = [
    {"id": "b1f0a7d0-0000-4000-8000-%012d" % i, "name": name, "status": "active",
     "os_distro": "ubuntu", "kube_version": version, "visibility": "public", "min_disk": 0,
     "min_ram": 0, "size": 1, "container_format": "bare", "disk_format": "qcow2", "tags": []}
    for i, (name, version) in enumerate(
        [("ubuntu-jammy-kube-v1.31.1", "v1.31.1"), ("ubuntu-jammy-kube-v1.32.0", "v1.32.0")], 1)]
SUBNET = "a0000000-0000-4000-8000-000000000003"
NETWORKS = [
    {"id": "a0000000-0000-4000-8000-00000000000%d" % i, "name": name, "router:external": external,
     "shared": external, "status": "ACTIVE", "admin_state_up": True, "subnets": subnets}
    for i, (name, external, subnets) in enumerate(
        [("public", True, []), ("private", False, [SUBNET])], 1)]
SUBNETS = [{"id": SUBNET, "name": "private-subnet", "cidr": "10.0.0.0/24",
            "network_id": NETWORKS[1]["id"], "ip_version": 4}]


def version(id, path, **more):
    return {"id": id, "status": "CURRENT", "links": [{"rel": "self", "href": BASE + path}], **more}


# What is told without a token.
VERSIONS = {
    "/compute/v2.1": (200, {"version": version(
        "v2.1", "/compute/v2.1/", version="2.96", min_version="2.1")}),
    "/image": (300, {"versions": [version("v2.9", "/image/v2/")]}),
    "/network": (200, {"versions": [version("v2.0", "/network/v2.0/")]}),
}


def images(query):
    return [i for i in IMAGES if "name" not in query or i["name"] in query["name"]]


def networks(query):
    external = query.get("router:external")
    return [n for n in NETWORKS
            if not external or n["router:external"] == (external[0].lower() == "true")]


LISTS = {
    "/compute/v2.1/flavors": lambda query: {"flavors": FLAVORS},
    "/compute/v2.1/flavors/detail": lambda query: {"flavors": FLAVORS},
    "/compute/v2.1/os-keypairs": lambda query: {"keypairs": [{"keypair": k} for k in KEYPAIRS]},
    "/compute/v2.1/os-availability-zone": lambda query: {"availabilityZoneInfo": ZONES},
    "/image/v2/images": lambda query: {"images": images(query), "schema": "", "first": ""},
    "/network/v2.0/networks": lambda query: {"networks": networks(query)},
    "/network/v2.0/subnets": lambda query: {"subnets": SUBNETS},
}


def one(path):
    """The keypair of that name, or the image of that id."""
    keypair = re.fullmatch(r"/compute/v2.1/os-keypairs/([^/]+)", path)
    image = re.fullmatch(r"/image/v2/images/([^/]+)", path)
    if keypair:
        return next(({"keypair": k} for k in KEYPAIRS if k["name"] == keypair[1]), None)
    return next((i for i in IMAGES if i["id"] == image[1]), None) if image else None


def answer(path, query, token):
    if path in VERSIONS:
        return VERSIONS[path]
    if not token:
        return 401, {"error": {"code": 401, "title": "Unauthorized", "message": "No token"}}
    body = LISTS[path](query) if path in LISTS else one(path)
    return (200, body) if body else (404, {"itemNotFound": {
        "code": 404, "message": "not found: " + path}})


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        sys.stderr.write("%s %s\n" % (self.command, self.path))

    def do_GET(self):
        url = urlparse(self.path)
        status, body = answer(url.path.rstrip("/"), parse_qs(url.query),
                              self.headers.get("X-Auth-Token"))
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


ThreadingHTTPServer(("127.0.0.1", PORT), Handler).serve_forever()
