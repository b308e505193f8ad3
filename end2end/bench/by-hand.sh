#!/usr/bin/env bash
# The floor for creating a cluster: the same steps, done by hand with the docker client.
#
#   by-hand.sh NODES IMAGE FOLDER   prints the milliseconds from the first step until
#                                   `docker info` says through TLS that all nodes are there
#   by-hand.sh clean FOLDER         removes what it made
#
# FOLDER keeps the certificates, which are made beforehand, once: ours are part of our time.
set -euo pipefail

LABEL=io.carina.bench=by-hand
# What a node is allowed, as the engine's own bounding set: works where --privileged does not.
ALLOWED=(--cap-add=ALL --cap-drop=SYS_RESOURCE --security-opt seccomp=unconfined
  --security-opt apparmor=unconfined --security-opt systempaths=unconfined
  --device-cgroup-rule='a *:* rwm' -v /sys/fs/cgroup:/sys/fs/cgroup:rw)

certificates() {
  mkdir -p "$1"
  cd "$1"
  [ ! -e client.pem ] || return 0
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=ca -days 2 \
    -keyout ca-key.pem -out ca.pem 2>/dev/null
  local name use
  for name in server client; do
    use=${name}Auth
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$name" \
      -keyout "$name-key.pem" -out "$name.csr" 2>/dev/null
    openssl x509 -req -in "$name.csr" -CA ca.pem -CAkey ca-key.pem -CAcreateserial -days 2 -out "$name.pem" \
      -extfile <(printf 'subjectAltName=IP:127.0.0.1\nextendedKeyUsage=%s' "$use") 2>/dev/null
  done
}

clean() {
  local things
  things=$(docker ps -aq --filter "label=$LABEL")
  [ -z "$things" ] || docker rm -fv $things >/dev/null
  things=$(docker network ls -q --filter "label=$LABEL")
  [ -z "$things" ] || docker network rm $things >/dev/null
}

# on PORT COMMAND...: docker, spoken to the node with that port.
on() {
  local port=$1
  shift
  docker --tlsverify --tlscacert ca.pem --tlscert client.pem --tlskey client-key.pem -H "tcp://127.0.0.1:$port" "$@"
}

# node NUMBER IMAGE: a node that answers; its port is left in port-NUMBER.
node() {
  local name=by-hand-$1 port
  docker create --name "$name" --label "$LABEL" --network by-hand --memory 1g --memory-swap 1g --cpus 1 \
    "${ALLOWED[@]}" -v /var/lib/docker -p 127.0.0.1::2376 --entrypoint /bin/sh "$2" -c \
    'group=$(sed -n "s/^[0-9]*:memory://p" /proc/self/cgroup)
     exec dockerd -H unix:///var/run/docker.sock -H tcp://0.0.0.0:2376 ${group:+--cgroup-parent=$group/docker} \
       --tlsverify --tlscacert=/ca.pem --tlscert=/server.pem --tlskey=/server-key.pem' >/dev/null
  tar c ca.pem server.pem server-key.pem | docker cp - "$name:/"
  docker start "$name" >/dev/null
  port=$(docker port "$name" 2376/tcp | head -n 1)
  port=${port##*:}
  until on "$port" version >/dev/null 2>&1; do sleep 0.02; done
  echo "$port" >"port-$1"
}

if [ "$1" = clean ]; then
  clean
  exit
fi

NODES=$1 IMAGE=$2 FOLDER=$3
certificates "$FOLDER"
rm -f port-*
begin=$(date +%s%N)
docker network create --label "$LABEL" by-hand >/dev/null
for number in $(seq "$NODES"); do node "$number" "$IMAGE" & done
wait
manager=$(cat port-1)
address=$(docker inspect -f '{{(index .NetworkSettings.Networks "by-hand").IPAddress}}' by-hand-1)
on "$manager" swarm init --advertise-addr "$address" >/dev/null
token=$(on "$manager" swarm join-token -q worker)
for number in $(seq 2 "$NODES"); do
  on "$(cat "port-$number")" swarm join --token "$token" "$address:2377" >/dev/null &
done
wait
until on "$manager" info 2>/dev/null | grep -q "Nodes: $NODES"; do sleep 0.02; done
echo $((($(date +%s%N) - begin) / 1000000))
clean
