# Первая страница кластера.

about = О кластере
docker-api = Docker API
cluster-id = Идентификатор кластера
not-yet = Пока нет
overview-labels = Метки
overview-no-labels = Нет
overview-change = Изменить
overview-protection = Защита от удаления
overview-events = Последние события
overview-all-events = Все события
overview-no-events = Пока ничего не происходило.
overview-unknown = Сейчас неизвестно.

# Чем занят кластер.
load = Нагрузка
load-hour = за последний час
load-all = Все метрики
load-nothing = пока нет измерений
load-old = последнее измерение { $ago }
load-now = { $amount } · { $share }
load-words = от { $least } до { $most }, в среднем { $mean }

# Схема узлов и то же словами.
topology = Схема
topology-summary = { $managers }, { $workers }: { $states }
topology-managers = { $count ->
    [one] { $count } управляющий
    [few] { $count } управляющих
   *[many] { $count } управляющих
}
topology-workers = { $count ->
    [one] { $count } рабочий
    [few] { $count } рабочих
   *[many] { $count } рабочих
}
topology-words = Словами
topology-all = Подробнее об узлах
topology-legend = Контейнеры
topology-no-containers = Контейнеров нет.
topology-manager = управляющий
topology-manages = управляет
topology-worker = рабочий
topology-new = новый узел
topology-planned = ожидается
topology-creating = создаётся
topology-joining = входит в Swarm
topology-ready = готов
topology-renewing = меняет сертификаты
topology-draining = передаёт работу
topology-lost = потерян
topology-nothing = контейнеров нет
topology-silent = не отвечает
topology-cpu = ЦП { $share }
topology-running = работает: { $count }
topology-changing = меняется: { $count }
topology-stopped = остановлено: { $count }
topology-dead = сбой: { $count }
