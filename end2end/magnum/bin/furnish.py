"""Puts people, projects, the catalog and templates into a new rig, and tells of them in rig.json.
usage: furnish.py KEYSTONE_PORT MAGNUM_PORT STUBS_PORT    in the rig's folder
"""
import json
import sys
import urllib.error
import urllib.request

KEYSTONE, MAGNUM, STUBS = ("http://127.0.0.1:" + port for port in sys.argv[1:4])
REGION = "RegionOne"
PASSWORDS = {"admin": "adminpw", "magnum": "servicepw"}
PASSWORD = "userpw"

# Who is what, where. The first project of a person is the one rig.json names as theirs.
PEOPLE = {
    "alice": [("demo", "member")],
    "carol": [("demo", "member"), ("other", "member")],
    "rita": [("demo", "reader")],
    "bob": [("other", "member")],
    "admin": [("admin", "admin")],
}
SERVICE = {"magnum": [("service", "admin"), ("service", "service")]}
# Keystone itself is in it already.
CATALOG = [
    ("container-infra", "magnum", MAGNUM + "/v1"),
    ("compute", "nova", STUBS + "/compute/v2.1"),
    ("image", "glance", STUBS + "/image"),
    ("network", "neutron", STUBS + "/network"),
]

# Two that the operator offers to all, from one of which clusters are upgraded to the other; one of
# alice's own.
TEMPLATE = {
    "coe": "kubernetes", "external_network_id": "public", "network_driver": "calico",
    "volume_driver": "cinder", "docker_volume_size": 5, "dns_nameserver": "9.9.9.9",
    "flavor_id": "m1.small", "master_flavor_id": "m1.medium", "master_lb_enabled": True,
}
TEMPLATES = [
    ("admin", "k8s-1.31", {"public": True, "image_id": "ubuntu-jammy-kube-v1.31.1", "labels": {
        "kube_tag": "v1.31.1", "auto_scaling_enabled": "false"}}),
    ("admin", "k8s-1.32", {"public": True, "image_id": "ubuntu-jammy-kube-v1.32.0", "labels": {
        "kube_tag": "v1.32.0", "auto_scaling_enabled": "false"}}),
    ("alice", "demo-small", {"image_id": "ubuntu-jammy-kube-v1.31.1", "keypair_id": "rig-key",
                             "master_lb_enabled": False, "labels": {"kube_tag": "v1.31.1"}}),
]


def call(method, url, body=None, token=None, wanted=(200, 201, 204)):
    """The body and the headers of an answer; anything but a wanted one is the end."""
    headers = {"Content-Type": "application/json"}
    if token:
        headers["X-Auth-Token"] = token
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, method=method, data=data, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            status, headers, text = answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        status, headers, text = error.code, error.headers, error.read()
    if status not in wanted:
        sys.exit("%s %s: %s %s" % (method, url, status, text.decode(errors="replace")[:500]))
    return json.loads(text) if text else None, headers


def keystone(method, path, body=None, token=None):
    return call(method, KEYSTONE + "/v3" + path, body, token or ADMIN)[0]


def password(user):
    return PASSWORDS.get(user, PASSWORD)


def log_in(user, project):
    _, headers = call("POST", KEYSTONE + "/v3/auth/tokens", {"auth": {
        "identity": {"methods": ["password"], "password": {"user": {
            "name": user, "domain": {"id": "default"}, "password": password(user)}}},
        "scope": {"project": {"name": project, "domain": {"id": "default"}}}}})
    return headers["X-Subject-Token"]


def named(plural, name, body):
    """The id of the thing of that name, made if there is none."""
    singular = plural[:-1]
    found = keystone("GET", "/%s?name=%s" % (plural, name))[plural]
    if found:
        return found[0]["id"]
    return keystone("POST", "/" + plural, {singular: dict(body, name=name)})[singular]["id"]


def set_catalog():
    for kind, name, url in CATALOG:
        service = keystone("POST", "/services", {"service": {"name": name, "type": kind}})
        for interface in ("public", "internal", "admin"):
            keystone("POST", "/endpoints", {"endpoint": {
                "service_id": service["service"]["id"], "interface": interface, "url": url,
                "region_id": REGION}})


def set_people():
    everybody = {**PEOPLE, **SERVICE}
    names = {project for places in everybody.values() for project, _ in places}
    projects = {n: named("projects", n, {"domain_id": "default"}) for n in sorted(names)}
    roles = {n: named("roles", n, {}) for n in ("admin", "member", "reader", "service")}
    users = {}
    for user, places in everybody.items():
        users[user] = named("users", user, {"domain_id": "default", "password": password(user)})
        for project, role in places:
            keystone("PUT", "/projects/%s/users/%s/roles/%s" % (
                projects[project], users[user], roles[role]))
    return projects, users


def application_credential(user_id, name, unrestricted):
    # Its owner alone can make one, and is told the secret once.
    made = keystone("POST", "/users/%s/application_credentials" % user_id, {
        "application_credential": {"name": name, "roles": [{"name": "member"}],
                                   "unrestricted": unrestricted}},
        token=log_in("alice", "demo"))["application_credential"]
    return {"id": made["id"], "name": name, "secret": made["secret"], "user": "alice",
            "project": "demo"}


def template(user, name, more):
    token = log_in(user, PEOPLE[user][0][0])
    made, _ = call("POST", MAGNUM + "/v1/clustertemplates", dict(TEMPLATE, name=name, **more), token)
    return made["uuid"]


ADMIN = log_in("admin", "admin")
set_catalog()
projects, users = set_people()
rig = {
    "auth_url": KEYSTONE + "/v3",
    "magnum_url": MAGNUM + "/v1",
    "stubs_url": STUBS,
    "region": REGION,
    "domain": {"id": "default", "name": "Default"},
    "projects": {name: id for name, id in projects.items() if name != "service"},
    "users": {
        name: {"id": users[name], "password": password(name), "project": places[0][0],
               "roles": dict(places)}
        for name, places in PEOPLE.items()},
    "application_credentials": {
        "restricted": application_credential(users["alice"], "restricted", False),
        "unrestricted": application_credential(users["alice"], "unrestricted", True)},
    "templates": {name: template(user, name, more) for user, name, more in TEMPLATES},
    "keypair": "rig-key",
}
with open("rig.json", "w") as file:
    json.dump(rig, file, indent=1)
    file.write("\n")
