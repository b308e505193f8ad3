# Первая страница кластера.

about = О кластере
docker-api = Docker API
cluster-id = Идентификатор кластера
not-yet = Пока нет
