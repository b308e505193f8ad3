# Points docker at the cluster "{{NAME}}": source {{NAME}}/docker.fish

set DIR (cd (dirname (status -f)); and pwd)
set -x DOCKER_HOST {{ENDPOINT}}
set -x DOCKER_TLS_VERIFY 1
set -x DOCKER_CERT_PATH $DIR
set -x DOCKER_VERSION {{VERSION}}
set -x CARINA_CLUSTER_NAME {{NAME}}
