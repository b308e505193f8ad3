# Points kubectl at the cluster "{{NAME}}": source {{NAME}}/kubectl.fish

set -x KUBECONFIG (cd (dirname (status -f)); and pwd)/kubeconfig
set -x CARINA_CLUSTER_NAME {{NAME}}
