# Общее для страниц одного кластера и его карточки.

status-creating = Создаётся
status-active = Работает
status-resizing = Меняет размер
status-growing = Растёт
status-shrinking = Уменьшается
status-repairing = Чинится
status-rebuilding = Пересобирается
status-rotating = Меняет ключи
status-deleting = Удаляется
status-deleted = Удалён
status-error = Ошибка
cells-ready = готово { $count }
cells-coming = готовится { $count }
cells-leaving = уходит { $count }
cells-lost = потеряно { $count }
cells-free = можно добавить { $count }
doing-usually = обычно { $time }
doing-step = шаг { $number } из { $of }
doing-so-far = прошло
why-unknown = Что-то не удалось. Подробности в событиях.
why-since = Это было
why-retried-since = Попытки повторяются сами. Началось
retry = Повторить
retrying = Повтор …
what-happened = Что произошло
what-else-helps = Что ещё поможет
engine-words = Сообщение Docker
done-retry = Неудавшийся шаг выполняется снова.
cluster-facts = { $type } · { $flavor } · готово { $ready } из { $count ->
    [one] { $count } узла
   *[other] { $count } узлов
}
tabs-of = Страницы кластера { $name }
tab-overview = Обзор
tab-nodes = Узлы
tab-containers = Контейнеры
tab-logs = Логи
tab-metrics = Метрики
tab-events = События
tab-access = Доступ
tab-settings = Настройки

# Сообщения для тех, кто слушает страницу.
said-many = Изменилось кластеров: { $count }.
said-one = { $name }: { $status }.
said-creating = создаётся
said-active = работает
said-resizing = меняет размер
said-repairing = чинится
said-rebuilding = пересобирается
said-rotating = меняет ключи
said-deleting = удаляется
said-deleted = удалён
said-error = ошибка
settled = Всё в порядке: готово { $ready } из { $count }
gone = Кластер { $name } удалён
gone-why = Его узлов, контейнеров и томов больше нет, учётные данные не действуют.
