# Points kubectl at the cluster "{{NAME}}": . .\{{NAME}}\kubectl.ps1

$env:KUBECONFIG=Join-Path $PSScriptRoot "kubeconfig"
$env:CARINA_CLUSTER_NAME="{{NAME}}"
