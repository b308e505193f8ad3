# Points docker at the cluster "{{NAME}}": source {{NAME}}/docker.fish

set -x DOCKER_CERT_PATH (cd (dirname (status -f)); and pwd)
set -x DOCKER_HOST {{ENDPOINT}}
set -x DOCKER_TLS_VERIFY 1
set -x CARINA_CLUSTER_NAME {{NAME}}
