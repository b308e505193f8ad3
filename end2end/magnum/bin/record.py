"""Asks Keystone and Magnum everything a dashboard could, well and badly, and keeps each exchange as a
line of JSON: this is how samples/exchanges.jsonl is recorded anew. Takes two to three minutes, on a rig
in which nothing has been made yet. Tokens, passwords and secrets are not kept.
usage: record.py RIG.json OUT.jsonl
"""
import json
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

with open(sys.argv[1]) as file:
    RIG = json.load(file)
OUT = open(sys.argv[2], "w")
KEYSTONE, MAGNUM = RIG["auth_url"], RIG["magnum_url"]
LATEST = "container-infra latest"
KEPT_HEADERS = {
    "content-type", "www-authenticate", "x-subject-token", "vary", "location",
    "x-openstack-request-id", "openstack-api-version", "openstack-api-minimum-version",
    "openstack-api-maximum-version"}
SECRETS = {"password": "<password>", "secret": "<secret>", "X-Auth-Token": "<token>",
           "X-Subject-Token": "<token>"}


def masked(thing):
    """Without what lets somebody in: strings under the names above, and tokens to be rescoped."""
    if isinstance(thing, list):
        return [masked(each) for each in thing]
    if not isinstance(thing, dict):
        return thing
    kept = {name: SECRETS[name] if name in SECRETS and isinstance(value, str) else masked(value)
            for name, value in thing.items()}
    if kept.keys() == {"id"} and str(kept["id"]).startswith("gAAAA"):
        kept["id"] = "<token>"
    return kept


def call(label, method, url, body=None, token=None, version=LATEST, raw=None, show=True, kept=True):
    headers = {}
    if token:
        headers["X-Auth-Token"] = token
    data = raw.encode() if raw is not None else None if body is None else json.dumps(body).encode()
    if data is not None:
        headers["Content-Type"] = "application/json"
    if version and url.startswith(MAGNUM):
        headers["OpenStack-API-Version"] = version
    began = time.time()
    request = urllib.request.Request(url, method=method, data=data, headers=headers)
    try:
        answer = urllib.request.urlopen(request, timeout=70)
    except urllib.error.HTTPError as error:
        answer = error
    status, text = answer.status, answer.read()
    seconds = round(time.time() - began, 3)
    try:
        content = json.loads(text) if text else None
    except ValueError:
        content = text.decode(errors="replace")
    record = {
        "label": label,
        "request": {"method": method, "url": url, "headers": headers,
                    "body": body if raw is None else raw},
        "response": {"status": status, "headers": {
            name: value for name, value in answer.headers.items() if name.lower() in KEPT_HEADERS},
            "body": content},
        "seconds": seconds}
    if kept:
        OUT.write(json.dumps(masked(record)) + "\n")
    if show:
        print("%-42s %-6s %s %ss %s" % (
            label, method, status, seconds, text[:150].decode() if status >= 400 else ""), flush=True)
    return status, answer.headers, content


def get(label, path, token, **more):
    return call(label, "GET", MAGNUM + path, token=token, **more)[2]


def post(label, path, body, token, **more):
    return call(label, "POST", MAGNUM + path, body, token, **more)[2]


def patch(label, path, body, token):
    return call(label, "PATCH", MAGNUM + path, body, token)[2]


def delete(label, path, token):
    return call(label, "DELETE", MAGNUM + path, token=token)[2]


def replace(path, value):
    return [{"op": "replace", "path": path, "value": value}]


def wait(cluster, label, token, gone=False):
    """Until the cluster is in no progress any more, or is gone. The last answer is kept."""
    path, until = MAGNUM + "/clusters/" + cluster, time.time() + 90
    while time.time() < until:
        status, _, body = call(label, "GET", path, token=token, show=False, kept=False)
        # 400: Magnum's own race, the node groups are not there yet, or no more.
        if status == 404 and gone or status == 200 and not gone and (
                not body["status"].endswith("IN_PROGRESS")):
            return call(label, "GET", path, token=token)[2]
        time.sleep(0.3)
    sys.exit("timed out: " + label)


# --- Keystone -------------------------------------------------------------------------------------


def log_in(label, methods, scope=None):
    auth = {"identity": {"methods": list(methods), **methods}}
    if scope:
        auth["scope"] = scope
    _, headers, _ = call(label, "POST", KEYSTONE + "/auth/tokens", {"auth": auth})
    return headers.get("X-Subject-Token")


def with_password(user, password=None):
    return {"password": {"user": {"name": user, "domain": {"id": "default"},
                                  "password": password or RIG["users"][user]["password"]}}}


def named(project):
    return {"project": {"name": project, "domain": {"id": "default"}}}


credential = RIG["application_credentials"]["restricted"]
demo, other = RIG["projects"]["demo"], RIG["projects"]["other"]
alice = log_in("auth: password, project scope", with_password("alice"), named("demo"))
unscoped = log_in("auth: password, unscoped", with_password("carol"))
call("auth: projects of the user", "GET", KEYSTONE + "/auth/projects", token=unscoped)
log_in("auth: rescope a token", {"token": {"id": unscoped}}, {"project": {"id": other}})
by_credential = log_in("auth: application credential", {"application_credential": {
    "id": credential["id"], "secret": credential["secret"]}})
log_in("auth: app credential by name", {"application_credential": {
    "name": credential["name"], "secret": credential["secret"],
    "user": {"name": "alice", "domain": {"id": "default"}}}})
log_in("auth: wrong password", with_password("alice", "wrong"), named("demo"))
log_in("auth: wrong app credential secret", {"application_credential": {
    "id": credential["id"], "secret": "nope"}})
log_in("auth: project the user has no role in", with_password("rita"), named("other"))
log_in("auth: rescoping an app-cred token", {"token": {"id": by_credential}}, {"project": {"id": other}})
bob = log_in("auth: bob", with_password("bob"), named("other"))
carol = log_in("auth: carol (second member)", with_password("carol"), named("demo"))
rita = log_in("auth: rita (reader)", with_password("rita"), named("demo"))
admin = log_in("auth: admin", with_password("admin"), named("admin"))
call("auth: catalog", "GET", KEYSTONE + "/auth/catalog", token=alice)

# --- Magnum: versions and tokens ------------------------------------------------------------------

call("root", "GET", MAGNUM.removesuffix("/v1") + "/", version=None)
call("v1", "GET", MAGNUM, version=None)
get("no token", "/clusters", None)
get("bad token", "/clusters", "gAAAAbogus")
get("unscoped token", "/clusters", unscoped)
get("empty list", "/clusters", alice)
get("microversion too high", "/clusters", alice, version="container-infra 1.99")
get("microversion wrong service", "/clusters", alice, version="compute 2.1")
get("microversion malformed", "/clusters", alice, version="1.10")

# --- Templates ------------------------------------------------------------------------------------

wish = {"name": "k8s-small", "coe": "kubernetes", "image_id": "ubuntu-jammy-kube-v1.31.1",
        "keypair_id": "rig-key", "external_network_id": "public", "flavor_id": "m1.small",
        "master_flavor_id": "m1.medium", "network_driver": "calico", "volume_driver": "cinder",
        "docker_volume_size": 5, "dns_nameserver": "9.9.9.9", "master_lb_enabled": True,
        "labels": {"kube_tag": "v1.31.1", "auto_scaling_enabled": "false"}}
template = post("template: create", "/clustertemplates", wish, alice)["uuid"]
post("template: create, image unknown", "/clustertemplates", {**wish, "image_id": "nope"}, alice)
post("template: create, flavor unknown", "/clustertemplates", {**wish, "flavor_id": "nope"}, alice)
post("template: create, swarm", "/clustertemplates", {**wish, "coe": "swarm"}, alice)
post("template: create, no image", "/clustertemplates", {"name": "x", "coe": "kubernetes"}, alice)
post("template: create, public as member", "/clustertemplates", {**wish, "public": True}, alice)
post("template: create as reader", "/clustertemplates", wish, rita)
newer = post("template: public, as admin", "/clustertemplates", {
    **wish, "name": "k8s-1.32 (public)", "public": True, "image_id": "ubuntu-jammy-kube-v1.32.0",
    "labels": {"kube_tag": "v1.32.0"}}, admin)["uuid"]
get("template: list", "/clustertemplates", alice)
get("template: get", "/clustertemplates/" + template, alice)
get("template: get by name", "/clustertemplates/k8s-small", alice)
patch("template: patch", "/clustertemplates/" + template, replace("/dns_nameserver", "1.1.1.1"), alice)

# --- Clusters: creating ---------------------------------------------------------------------------

small = {"name": "x", "cluster_template_id": template}
post("cluster: create, bad name", "/clusters", {**small, "name": "1bad"}, alice)
post("cluster: create, no template", "/clusters", {"name": "x"}, alice)
post("cluster: create, unknown template", "/clusters", {"name": "x", "cluster_template_id": "nope"}, alice)
post("cluster: create, keypair unknown", "/clusters", {**small, "keypair": "nope"}, alice)
post("cluster: create, even masters", "/clusters", {**small, "master_count": 2}, alice)
post("cluster: create, negative nodes", "/clusters", {**small, "node_count": -1}, alice)
post("cluster: create, unknown field", "/clusters", {**small, "colour": "red"}, alice)
post("cluster: create, not json", "/clusters", None, alice, raw="{not json")
post("cluster: create as reader", "/clusters", small, rita)
cluster = post("cluster: create", "/clusters", {
    "name": "web-prod", "cluster_template_id": template, "node_count": 2, "master_count": 1,
    "keypair": "rig-key", "create_timeout": 60, "labels": {"rig_seconds": "5"},
    "merge_labels": True}, alice)["uuid"]
one, nodegroups, resize = ("/clusters/" + cluster + end for end in ("", "/nodegroups", "/actions/resize"))
time.sleep(1)
get("cluster: get while creating", one, alice)
post("cluster: resize while creating", resize, {"node_count": 3}, alice)
doomed = post("cluster: create, doomed", "/clusters", {
    "name": "doomed", "cluster_template_id": template,
    "labels": {"rig_seconds": "3", "rig_fail": "create"}}, alice)["uuid"]
post("cluster: same name twice", "/clusters", {
    "name": "doomed", "cluster_template_id": template, "labels": {"rig_seconds": "3"}}, alice)
wait(cluster, "cluster: get created", alice)
wait(doomed, "cluster: get failed one", alice)

# --- Clusters: reading ----------------------------------------------------------------------------

get("cluster: list", "/clusters", alice)
get("cluster: list detail", "/clusters/detail", alice)
page = get("cluster: list limit=1", "/clusters?limit=1&sort_key=name&sort_dir=asc", alice)
call("cluster: next page", "GET", page["next"], token=alice)
get("cluster: next page 2", "/clusters?limit=1&marker=" + doomed, alice)
get("cluster: limit=0", "/clusters?limit=0", alice)
get("cluster: bad sort key", "/clusters?sort_key=colour", alice)
get("cluster: bad marker", "/clusters?marker=00000000-0000-4000-8000-000000000000", alice)
get("cluster: list, other project", "/clusters", bob)
get("cluster: get, other project", one, bob)
delete("cluster: delete, other project", one, bob)
get("cluster: list, admin (all projects)", "/clusters", admin)
get("cluster: get by ambiguous name", "/clusters/doomed", alice)
get("cluster: get 1.12 (stack_id)", one, alice, version="container-infra 1.12")
get("cluster: get without version header", one, alice, version=None)

# --- Clusters: changing ---------------------------------------------------------------------------


def settled(label, token=alice):
    """After a change that was taken: the conductor gets to it a moment later."""
    time.sleep(1)
    return wait(cluster, label, token)


patch("cluster: patch forbidden property", one, replace("/name", "new"), alice)
patch("cluster: patch node_count", one, replace("/node_count", 3), alice)
settled("cluster: get after patch")
post("cluster: resize", resize, {"node_count": 4}, alice)
time.sleep(1)
get("cluster: get while updating", one, alice)
settled("cluster: get after resize")
post("cluster: resize without node_count", resize, {}, alice)
post("cluster: resize as reader", resize, {"node_count": 1}, rita)
post("cluster: resize old microversion", resize, {"node_count": 1}, alice, version="container-infra 1.6")
post("cluster: resize to 0 at 1.9", resize, {"node_count": 0}, alice, version="container-infra 1.9")
post("cluster: resize masters to 2", resize, {"node_count": 2, "nodegroup": "default-master"}, alice)
upgrade = one + "/actions/upgrade"
post("cluster: upgrade without max_batch_size", upgrade, {"cluster_template": newer}, alice)
post("cluster: upgrade", upgrade, {"cluster_template": newer, "max_batch_size": 1}, alice)
settled("cluster: get after upgrade")
post("cluster: upgrade, unknown template", upgrade, {"cluster_template": "nope"}, alice)

# --- Nodegroups -----------------------------------------------------------------------------------

get("nodegroup: list", nodegroups, alice)
gpu = nodegroups + "/gpu"
post("nodegroup: create", nodegroups, {
    "name": "gpu", "flavor_id": "m1.large", "node_count": 1, "min_node_count": 0, "max_node_count": 3,
    "role": "worker", "labels": {"a": "b"}, "merge_labels": True, "node_labels": {"gpu": "yes"},
    "node_taints": [{"key": "gpu", "value": "yes", "effect": "NoSchedule"}]}, alice)
settled("cluster: get after nodegroup create")
get("nodegroup: get", gpu, alice)
get("nodegroup: list by role", nodegroups + "?role=worker", alice)
post("nodegroup: duplicate", nodegroups, {"name": "gpu", "flavor_id": "m1.large", "node_count": 1}, alice)
post("nodegroup: resize past max", resize, {"node_count": 9, "nodegroup": "gpu"}, alice)
post("nodegroup: resize", resize, {"node_count": 2, "nodegroup": "gpu"}, alice)
settled("cluster: get after nodegroup resize")
patch("nodegroup: patch max", gpu, replace("/max_node_count", 5), alice)
settled("cluster: get after nodegroup patch")
patch("nodegroup: patch node_count", gpu, replace("/node_count", 3), alice)
delete("nodegroup: delete default", nodegroups + "/default-worker", alice)
delete("nodegroup: delete", gpu, alice)
settled("cluster: get after nodegroup delete")
get("nodegroup: get deleted", gpu, alice)
post("nodegroup: create, doomed", nodegroups, {
    "name": "broken", "flavor_id": "m1.large", "node_count": 1, "labels": {"rig_fail": "create"},
    "merge_labels": True}, alice)
settled("cluster: get with a failed nodegroup")
get("nodegroup: get failed one", nodegroups + "/broken", alice)

# --- Certificates ---------------------------------------------------------------------------------


def request_for_certificate(*key):
    with tempfile.NamedTemporaryFile() as made:
        return subprocess.run(
            ["openssl", "req", "-new", "-newkey", *key, "-nodes", "-keyout", made.name,
             "-subj", "/O=system:masters/CN=admin"], check=True, text=True, capture_output=True).stdout


certificates = "/certificates/" + cluster
rsa = {"cluster_uuid": cluster, "csr": request_for_certificate("rsa:2048")}
elliptic = {"cluster_uuid": cluster, "csr": request_for_certificate("ec", "-pkeyopt", "ec_paramgen_curve:P-256")}
get("certificate: CA", certificates, alice)
get("certificate: CA etcd", certificates + "?ca_cert_type=etcd", alice)
post("certificate: sign", "/certificates", rsa, alice)
post("certificate: sign an EC CSR", "/certificates", elliptic, alice)
post("certificate: sign rubbish", "/certificates", {"cluster_uuid": cluster, "csr": "rubbish"}, alice)
post("certificate: sign, no such cluster", "/certificates", {"cluster_uuid": "nope", "csr": "x"}, alice)
get("certificate: CA as reader", certificates, rita)
post("certificate: sign as reader", "/certificates", rsa, rita)
get("cluster: get as second member", one, carol)
post("cluster: resize as second member", resize, {"node_count": 4}, carol)
settled("cluster: get after resize by second member")
get("certificate: CA as second member", certificates, carol)
post("certificate: sign as second member", "/certificates", rsa, carol)
get("certificate: CA as admin", certificates, admin)
patch("certificate: rotate CA", certificates, None, alice)
settled("cluster: get after rotating the CA")
patch("credential: rotate", "/credentials/" + cluster, None, alice)
patch("credential: rotate (PATCH w/ body)", "/credentials/" + cluster, {}, alice)

# --- Quotas, statistics, services -----------------------------------------------------------------

quota, limit = "/quotas/" + demo + "/Cluster", {"project_id": demo, "resource": "Cluster"}
get("quota: get own (unset)", quota, alice)
post("quota: create as member", "/quotas", {**limit, "hard_limit": 3}, alice)
post("quota: create", "/quotas", {**limit, "hard_limit": 3}, admin)
post("quota: create again", "/quotas", {**limit, "hard_limit": 3}, admin)
get("quota: list", "/quotas?all_tenants=True", admin)
get("quota: get own", quota, alice)
post("cluster: create past quota", "/clusters", {**small, "name": "one-too-many"}, alice)
patch("quota: patch", quota, {**limit, "hard_limit": 10}, admin)
delete("quota: delete", quota, admin)
get("stats: own", "/stats?project_id=" + demo, alice)
get("stats: all, as admin", "/stats", admin)
get("stats: all, as member", "/stats", alice)
get("mservices", "/mservices", admin)
get("mservices as member", "/mservices", alice)

# --- Deleting -------------------------------------------------------------------------------------

delete("template: delete in use", "/clustertemplates/" + newer, admin)
get("cluster: get with app credential", one, by_credential)
delete("cluster: delete as reader", one, rita)
delete("cluster: delete", one, alice)
time.sleep(1)
get("cluster: get while deleting", one, alice)
delete("cluster: delete twice", one, alice)
wait(cluster, "cluster: get deleted", alice, gone=True)
delete("cluster: delete deleted", one, alice)
for left in get("cluster: list at the end", "/clusters", alice)["clusters"]:
    delete("cluster: clean up", "/clusters/" + left["uuid"], alice)
    wait(left["uuid"], "cluster: get cleaned up", alice, gone=True)
delete("template: delete", "/clustertemplates/" + template, alice)
delete("template: delete", "/clustertemplates/" + newer, admin)
get("unknown path", "/nonsense", alice)
call("wrong method", "PUT", MAGNUM + "/clusters", {}, alice)
