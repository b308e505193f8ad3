@rem Points kubectl at the cluster "{{NAME}}": CALL {{NAME}}\kubectl.cmd
@set KUBECONFIG=%~dp0kubeconfig
@set CARINA_CLUSTER_NAME={{NAME}}
