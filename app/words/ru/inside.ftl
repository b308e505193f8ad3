# Что работает в кластере.

inside-services = Сервисы
inside-services-table = Таблица сервисов
inside-containers-table = Таблица контейнеров
inside-no-services = Сервисов пока нет. Их создают `docker service create` и `docker stack deploy`.
inside-no-containers = Контейнеров пока нет. Получите доступ и запустите первый: `docker run` или `docker service create`.
inside-no-match = Такого контейнера нет.
inside-services-unknown = Сейчас неизвестно, какие есть сервисы. { $why }
inside-lost = { $count ->
    [1] { $names } не отвечает.
   *[other] { $names } не отвечают.
}
inside-containers-unknown = Сейчас неизвестно, какие есть контейнеры. { $why }
inside-manager-silent = Сервисы сейчас неизвестны:
inside-nodes-silent = Здесь не хватает контейнеров этих узлов:
inside-mode = Режим
inside-replicas = Работает
inside-ports = Порты
inside-node = Узел
inside-view-logs = Показать логи
inside-replicated = Реплики
inside-global = По одному на узел
inside-replicated-job = Задание
inside-global-job = Задание, по одному на узел
inside-find = Найти контейнер
inside-find-label = Поиск контейнеров по имени, образу, узлу или сервису
inside-page-of = Страница { $page } из { $pages }
inside-running = Работает
inside-stopped = Остановлен
inside-up = Работает { $time }
inside-stopped-ago = Остановлен { $time } назад
inside-exit-code = { $status }, код выхода { $code }
inside-healthy = { $status }, исправен
inside-unhealthy = { $status }, неисправен
inside-created = Создан, не запущен
inside-paused = Приостановлен
inside-restarting = Перезапускается
inside-removing = Удаляется
inside-dead = Не отвечает
inside-moment = меньше секунды
inside-seconds = { $count ->
    [one] { $count } секунду
    [few] { $count } секунды
   *[many] { $count } секунд
}
inside-minutes = { $count ->
    [one] { $count } минуту
    [few] { $count } минуты
   *[many] { $count } минут
}
inside-hours = { $count ->
    [one] { $count } час
    [few] { $count } часа
   *[many] { $count } часов
}
inside-days = { $count ->
    [one] { $count } день
    [few] { $count } дня
   *[many] { $count } дней
}
inside-weeks = { $count ->
    [one] { $count } неделю
    [few] { $count } недели
   *[many] { $count } недель
}
inside-months = { $count ->
    [one] { $count } месяц
    [few] { $count } месяца
   *[many] { $count } месяцев
}
inside-years = { $count ->
    [one] { $count } год
    [few] { $count } года
   *[many] { $count } лет
}
