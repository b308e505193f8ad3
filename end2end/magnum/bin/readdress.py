"""Moves a rig to other ports, in Keystone's catalog and in rig.json, before it is started: by
Keystone itself it would take a quarter of a second for each of fifteen addresses.
usage: readdress.py KEYSTONE_PORT MAGNUM_PORT STUBS_PORT    in the rig's folder
"""
import json
import os
import sqlite3
import sys
from urllib.parse import urlsplit

with open("rig.json") as file:
    rig = json.load(file)
ports = {}
for name, port in zip(("auth_url", "magnum_url", "stubs_url"), sys.argv[1:4]):
    ports[urlsplit(rig[name]).netloc] = port


def moved(url):
    parts = urlsplit(url)
    return parts._replace(netloc="127.0.0.1:" + ports[parts.netloc]).geturl()


addresses = {name: moved(rig[name]) for name in ("auth_url", "magnum_url", "stubs_url")}
if any(rig[name] != url for name, url in addresses.items()):
    with sqlite3.connect("keystone/keystone.db") as keystone:
        for id, url in keystone.execute("SELECT id, url FROM endpoint").fetchall():
            keystone.execute("UPDATE endpoint SET url = ? WHERE id = ?", (moved(url), id))
    with open("rig.json.new", "w") as file:
        json.dump({**rig, **addresses}, file, indent=1)
        file.write("\n")
    os.replace("rig.json.new", "rig.json")
