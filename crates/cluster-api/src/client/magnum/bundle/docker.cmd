@rem Points docker at the cluster "{{NAME}}": CALL {{NAME}}\docker.cmd
@set DOCKER_CERT_PATH=%~dp0
@set DOCKER_HOST={{ENDPOINT}}
@set DOCKER_TLS_VERIFY=1
@set CARINA_CLUSTER_NAME={{NAME}}
