# Points docker at the cluster "{{NAME}}": . .\{{NAME}}\docker.ps1

$env:DOCKER_CERT_PATH=$PSScriptRoot
$env:DOCKER_HOST="{{ENDPOINT}}"
$env:DOCKER_TLS_VERIFY="1"
$env:CARINA_CLUSTER_NAME="{{NAME}}"
