#!/bin/sh
# Deploys compose.yml to a cluster, or brings what runs there up to date. In the environment:
#
#   CARINA_ENDPOINT   where the control plane answers
#   CARINA_USERNAME   the account
#   CARINA_APIKEY     a key of it: carina keys create --scopes=read,credentials pipeline
#   CLUSTER           the name of the cluster
#   IMAGE             what is deployed: registry.example.com/shop:1.2
set -eu
: "${IMAGE:?is what is deployed}"
trap 'rm -rf credentials' EXIT
carina credentials --path=credentials "${CLUSTER:?is the name of the cluster}"
. ./credentials/docker.env
docker stack deploy --compose-file=compose.yml --with-registry-auth --detach=false shop
docker stack services shop
