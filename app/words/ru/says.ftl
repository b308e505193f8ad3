# Что говорит управляющий сервер. Точки в конце нет: она берётся из исходного предложения.

say-network = Создаётся сеть
say-start = Запускается узел { $node }
say-renew = Узел { $node } получает новые сертификаты
say-swarm = Создаётся Swarm
say-scripts = На узле { $node } выполняются скрипты владельца сервера
say-join = Узел { $node } присоединяется к Swarm
say-drain = Узел { $node } передаёт свою работу
say-activate = Узел { $node } снова берёт работу
say-remove = Узел { $node } удаляется
say-check = Все узлы выходят на связь
say-erase = Удаляются узлы, тома и сеть
say-network-done = Сеть создана
say-start-done = Узел { $node } запущен
say-renew-done = У узла { $node } новые сертификаты
say-swarm-done = Swarm создан
say-scripts-done = На узле { $node } выполнены скрипты владельца сервера
say-join-done = Узел { $node } присоединился к Swarm
say-drain-done = Узел { $node } передал свою работу
say-remove-done = Узел { $node } удалён
say-check-done = Все узлы на связи
say-erase-done = Узлы, тома и сеть удалены
say-asked-for = Запрошено: { $nodes ->
    [one] { $nodes } узел
    [few] { $nodes } узла
   *[many] { $nodes } узлов
}, { $flavor }
say-asked-grow-rests = Запрошен рост на { $by }, до { $nodes ->
    [one] { $nodes } узла
   *[other] { $nodes } узлов
}; автомасштаб отдыхает { $seconds } с
say-asked-grow = Запрошен рост на { $by }, до { $nodes ->
    [one] { $nodes } узла
   *[other] { $nodes } узлов
}
say-asked-shrink-one = Запрошено уменьшение на { $by }, до { $nodes ->
    [one] { $nodes } узла
   *[other] { $nodes } узлов
}; уходит узел { $node }
say-asked-shrink-many = Запрошено уменьшение на { $by }, до { $nodes ->
    [one] { $nodes } узла
   *[other] { $nodes } узлов
}; уходят узлы { $gone }
say-asked-shrink-rests = Запрошено уменьшение на { $by }, до { $nodes ->
    [one] { $nodes } узла
   *[other] { $nodes } узлов
}; автомасштаб отдыхает { $seconds } с
say-asked-shrink = Запрошено уменьшение на { $by }, до { $nodes ->
    [one] { $nodes } узла
   *[other] { $nodes } узлов
}
say-asked-and-rests = { $said }; автомасштаб отдыхает { $seconds } с
say-asked-replace = Запрошена замена узла { $node } узлом { $new }
say-asked-drain = Запрошено освобождение узла { $node }
say-asked-undrain = Запрошено снова дать работу узлу { $node }
say-asked-rebuild = Запрошена пересборка: новые сертификаты и новый Swarm; тома и контейнеры на узлах остаются
say-asked-rotate = Запрошены новые сертификаты; выданные раньше ключи доступа перестанут действовать
say-asked-again = Запрошен повтор задачи «{ $task }»
say-asked-delete = Запрошено удаление
say-autoscaling-on = Автомасштаб включён
say-autoscaling-off = Автомасштаб выключен
say-autoscaling-policy = У автомасштаба новые правила
say-renamed = Переименован: был { $before }, стал { $name }
say-labels-changed = Метки изменены
say-protected = Защищён от удаления
say-unprotected = Больше не защищён от удаления
say-account-was-closed = Учётная запись закрыта
say-active-with = Работает: { $nodes ->
    [one] { $nodes } узел
    [few] { $nodes } узла
   *[many] { $nodes } узлов
}
say-deleted = Удалён
say-resumed = Управляющий сервер перезапущен, работа продолжается
say-script-ran = { $script } выполнен на узле { $node }
say-node-stays = Узел { $node } остаётся: его работе не нашлось места на других узлах
say-node-still-busy = Узел { $node } больше не берёт работу, но часть её на нём ещё идёт
say-node-lost = Узел { $node } потерян: { $why }
say-node-replaced = Узел { $node } заменяется
say-nodes-replaced = Заменяются узлы { $nodes }
say-why-container-gone = его контейнер исчез
say-why-silent = его Docker не отвечает
say-why-memory = ему не хватило памяти
say-why-memory-flavor = ему не хватило памяти. Возьмите конфигурацию побольше
say-why-paused = его контейнер на паузе
say-why-code = его Docker завершился с кодом { $code }
say-why-ended = его Docker завершился
say-why-starting = его Docker завершился при запуске
say-autoscale-grows = Автомасштаб увеличивает кластер до { $nodes ->
    [one] { $nodes } узла
   *[other] { $nodes } узлов
}: { $found }
say-autoscale-shrinks = Автомасштаб уменьшает кластер до { $nodes ->
    [one] { $nodes } узла
   *[other] { $nodes } узлов
}: { $found }
say-autoscale-holds = Автомасштаб добавил бы узел, но { $because }: { $found }
say-because-most = больше { $nodes ->
    [one] { $nodes } узла
   *[other] { $nodes } узлов
} ему нельзя
say-because-quota = ваша квота на кластер — { $nodes ->
    [one] { $nodes } узел
    [few] { $nodes } узла
   *[many] { $nodes } узлов
}
say-found-least = { $found }; нужно не меньше { $nodes ->
    [one] { $nodes } узла
   *[other] { $nodes } узлов
}
say-found-fits = { $found }; всё поместится на меньшем числе: { $nodes ->
    [one] { $nodes } узел
    [few] { $nodes } узла
   *[many] { $nodes } узлов
}
say-found = { $measure }; сейчас { $nodes ->
    [one] { $nodes } узел
    [few] { $nodes } узла
   *[many] { $nodes } узлов
}
say-found-not = Не удалось посмотреть его сервисы
say-found-not-in-time = Не удалось вовремя посмотреть его сервисы
say-measure-reserved-cpu = занято процессора { $percent } % (цель { $target } %)
say-measure-reserved-memory = занято памяти { $percent } % (цель { $target } %)
say-measure-used-cpu = используется процессора { $percent } % (цель { $target } %)
say-measure-used-memory = используется памяти { $percent } % (цель { $target } %)
say-measure-none = ещё ничего не измерено
say-measure-waiting = { $tasks ->
    [one] { $tasks } задача
    [few] { $tasks } задачи
   *[many] { $tasks } задач
} без места
say-not-started = Узел { $node } не запустился
say-not-started-why = Узел { $node } не запустился: { $why }
say-not-started-again = Узел { $node } не запустился снова
say-not-made = Не удалось создать узел { $node }
say-no-certificates = Узел { $node } не принял сертификаты
say-no-new-certificates = Узел { $node } не принял новые сертификаты
say-not-joined = Узел { $node } не смог присоединиться к Swarm
say-not-drained = Узел { $node } не удалось освободить от работы
say-not-undrained = Узлу { $node } не удалось снова дать работу
say-not-reached = Узел { $node } недоступен
say-script-not-run = Скрипт { $script } не удалось выполнить на узле { $node }
say-swarm-not-made = Не удалось создать Swarm
say-swarm-no-token = Не удалось получить токен Swarm
say-swarm-not-anew = Не удалось создать Swarm заново
say-swarm-tokens = Не удалось сменить токены Swarm
say-swarm-not-seen = Не удалось посмотреть Swarm
say-swarm-nodes = Не удалось получить список узлов Swarm
say-swarm-not-asked = Не удалось спросить узел о его Swarm
say-swarm-not-left = Не удалось вывести узел из Swarm
say-services-not-seen = Не удалось посмотреть сервисы кластера
say-services-not-listed = Не удалось получить список сервисов
say-containers-not-listed = Не удалось получить список контейнеров
say-network-not-made = Не удалось создать сеть кластера
say-network-not-seen = Не удалось посмотреть сеть кластера
say-network-not-removed = Не удалось удалить сеть кластера
say-network-gone = Сеть кластера исчезла; она будет создана снова
say-nodes-not-listed = Не удалось получить список узлов на этом сервере
say-node-not-seen = Не удалось посмотреть узел
say-node-not-removed = Не удалось удалить узел
say-volume-not-removed = Не удалось удалить том узла
say-address-not-freed = Не удалось освободить адрес узла
say-engine-not-listed = Не удалось узнать, что есть в Docker
say-left-not-listed = Не удалось узнать, что осталось от кластера
say-ran-not-seen = Не удалось узнать, что работало на узле
say-uses-not-read = Не удалось узнать, сколько занимают узлы
say-node-log-not-read = Не удалось прочитать лог узла
say-log-not-read = Не удалось прочитать лог
say-api-not-reached = Docker API недоступен
say-image-not-seen = Не удалось посмотреть образ узла
say-trial-not-started = Пробный контейнер не запустился
say-failed-silent = { $what }: узел не отвечает
say-failed-busy = { $what }: Swarm слишком занят
say-failed-disk = { $what }: { $words }. Освободите место на диске сервера с Docker и повторите
say-failed-memory = { $what }: { $words }. Освободите память сервера с Docker или возьмите узлы поменьше и повторите
say-failed-rights = { $what }: { $words }. Сервер разрешает узлам слишком мало: задайте им среду выполнения в CARINA_NODE_RUNTIME, например sysbox-runc, и повторите
say-failed-runtime = { $what }: { $words }. Задайте в CARINA_NODE_RUNTIME среду выполнения, которая есть в Docker, и повторите
say-failed-mend = { $what }: { $words }. Исправьте это и повторите
say-failed-timeout = Это заняло больше { $seconds } с: { $step }
say-failed-database = База данных управляющего сервера не отвечает. Работа продолжится, когда она вернётся
say-failed-keys = Ключи этого кластера не читаются. Верните файл ключа, который относится к этой базе данных, и повторите
say-failed-certificates = Сертификаты этого кластера не годятся. Верните файл ключа, который относится к этой базе данных, или удалите кластер и создайте его заново
say-failed-nodes-address = Адрес узлов непонятен. Проверьте DOCKER_HOST и повторите
say-failed-inside = Что-то сломалось на нашей стороне. Повторите; если не поможет, напишите в обращение, которое открыто по этому поводу
say-failed-engine = Docker недоступен. Работа продолжится, когда он вернётся
say-failed-engine-silent = Docker узла { $node } не отвечал { $seconds } с. Он запускается снова
say-failed-image = Образа узла { $image } нет в Docker, и скачать его не удалось. Загрузите его через `docker load` или задайте другой в CARINA_NODE_IMAGE и повторите
say-failed-networks = Все сети этого сервера заняты, их { $count }. Удалите какой-нибудь кластер и повторите
say-failed-network-name = Сеть с именем { $name } уже есть, и она не наша. Удалите её и повторите
say-failed-network-range = У сети { $name } не наши адреса. Удалите её и повторите
say-failed-container-name = Контейнер с именем { $name } уже есть, и он не наш. Удалите его и повторите
say-failed-disappeared = Узел { $node } исчез при запуске
say-failed-no-address = У узла { $node } ещё нет адреса
say-failed-no-port = Узлу { $node } не нашлось свободного порта. Задайте в CARINA_NODE_PORTS диапазон, который больше никем не занят, и повторите
say-failed-ports = Все порты { $range } заняты узлами. Расширьте CARINA_NODE_PORTS или удалите кластер и повторите
say-failed-files = Не удалось упаковать файлы узла { $node }. Повторите
say-failed-script = Скрипт владельца сервера { $script } завершился на узле { $node } с кодом { $code }. Попросите его исправить и повторите
say-failed-script-long = Скрипт владельца сервера { $script } работал на узле { $node } дольше { $seconds } с и был остановлен. Попросите его исправить и повторите
say-failed-log = Лог оборвался: { $words }
say-failed-not-started-yet = Узел { $node } ещё не запустился
say-failed-no-nodes = В кластере больше нет узлов
say-failed-not-in-time = Docker не ответил за { $seconds } с
say-reason-tried = { $said } Попыток: { $times }, за { $took }. Повторите или загляните в обращение, которое открыто по этому поводу
say-took-no-time = секунду
say-took-seconds = { $seconds } с
say-took-minutes = { $minutes } мин
say-task-create = создание
say-task-resize = смена размера
say-task-repair = починка
say-task-drain = освобождение узла
say-task-rebuild = пересборка
say-task-rotate = смена сертификатов
say-task-delete = удаление
say-ticket-subject = { $cluster }: не удалась задача «{ $task }»
say-ticket-again = Снова открыто
say-ticket-resolved = Закрыто
say-ticket-full = Это обращение заполнено. Открыто новое
say-ticket-what-failed = Что не удалось
say-ticket-words = Что сказал Docker:
say-ticket-what-tried = Что уже сделано
say-ticket-tried-once = Одна попытка
say-ticket-tried = Попыток: { $times }, за { $took }
say-ticket-what-to-do = Что делать
say-ticket-retry = Повторить: на странице кластера или POST { $address } { $body }
say-ticket-write = Если снова не выйдет, напишите в это обращение. Тем, кто помогает, нужны данные для поддержки:
say-ticket-steps = Шаги задачи «{ $task }»
say-ticket-done-took = готово: { $done } ({ $at }, { $ms } мс)
say-ticket-done = готово: { $done } ({ $at })
say-ticket-failed = не вышло: { $step }
say-ticket-not-done = не сделано: { $step }
say-sent-redirect = Получатель ответил { $status }; перенаправления не выполняются
say-sent-words = Получатель ответил { $status }: { $words }
say-sent = Получатель ответил { $status }
say-sent-late = Получатель не ответил за { $seconds } с
say-sent-nowhere = У сервера вебхука нет адреса
say-sent-private = На частные адреса вебхуки не отправляются. Владелец сервера может разрешить некоторые в CARINA_WEBHOOKS_ALLOW
say-sent-no-tls = Сертификат получателя не годится, или он не умеет TLS
say-sent-refused = Получатель отказал в соединении
say-sent-unreachable = Получатель недоступен
say-sent-broken = Получатель оборвал соединение
say-sent-no-secret = Секрет подписи не читается. Создайте подписку заново
say-mail-taken = Почтовый сервер принял письмо
say-mail-late = Почтовый сервер не принял письмо за { $seconds } с
say-mail-not-written = Не удалось составить письмо
say-mail-refused = Почтовый сервер отказал ({ $code })
say-mail-not-now = Почтовый сервер сейчас не принимает письмо ({ $code })
say-mail-silent = Почтовый сервер не ответил вовремя
say-mail-certificate = Сертификат почтового сервера не годится
say-mail-not-offered = Почтовый сервер не умеет того, что задано в CARINA_SMTP_URL (TLS, способ входа)
say-mail-unreachable = Почтовый сервер недоступен
say-mail-none = Почта отсюда не отправляется: почтовый сервер не задан (CARINA_SMTP_URL)
say-subscription-off = Подписка выключена
say-subscription-no-admin = Выключена: её владелец больше не администратор
say-subscription-given-up = Выключена: подряд не дошло уведомлений: { $most }. Последнее: { $said }
say-audit-account-made = Создана учётная запись { $name } ({ $role })
say-audit-account-closed = Закрыта учётная запись { $name }
say-audit-account-changed = Изменена учётная запись { $name }: { $changed }
say-audit-account-first = Создана
say-changed-role = роль: { $role }
say-changed-clusters-default = кластеров по умолчанию
say-changed-clusters = кластеров: { $count }
say-changed-nodes-default = узлов в кластере по умолчанию
say-changed-nodes = узлов в кластере: { $count }
say-changed-password = новый пароль
say-role-admin = администратор
say-role-member = участник
say-audit-credentials = Выданы ключи доступа до { $at }, серийный номер { $serial }
say-audit-zip-address = Выдан адрес для одной загрузки ключей доступа
say-audit-key-made-until = Создан ключ API { $name } ({ $scopes }), до { $at }
say-audit-key-made = Создан ключ API { $name } ({ $scopes })
say-audit-key-revoked = Отозван ключ API { $name }; с ним завершено сеансов: { $count }
say-audit-in-key = Вход с ключом API { $name }
say-audit-in-password = Вход с паролем
say-audit-not-password = Отказ: неверный пароль
say-audit-not-key = Отказ: ключ API не годится
say-audit-out = Выход
say-audit-out-other = Завершён другой сеанс
say-audit-out-all = Выход отовсюду; завершено сеансов: { $count }
say-audit-out-others = Выход отовсюду, кроме этого сеанса; завершено сеансов: { $count }
