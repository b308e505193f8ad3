# Узлы кластера и их число.

nodes-none = Узлов пока нет.
nodes-table = Таблица узлов
nodes-state = Состояние
nodes-role = Роль
nodes-cpu = ЦП
nodes-memory = Память
nodes-address = Адрес
nodes-engine = Docker
nodes-image = Образ
nodes-cpu-of = ЦП узла { $name }
nodes-memory-of = Память узла { $name }
nodes-usage-unknown = Сейчас неизвестно, сколько ресурсов занимают узлы. { $why }
nodes-drained = Не берёт работу: рой его освобождает.
nodes-paused = Не берёт новую работу: рой его приостановил.
nodes-down = Рой не может с ним связаться.
nodes-creating = Создаётся
nodes-joining = Подключается
nodes-ready = Готов
nodes-renewing = Меняет ключи
nodes-draining = Освобождается
nodes-lost = Потерян
nodes-not-ready = Не готов
nodes-manager = Управляющий
nodes-worker = Рабочий
size-title = Изменить размер
size-label = Число узлов
size-limit = От 1 до { $limit ->
    [one] { $limit } узла
   *[other] { $limit } узлов
}.
size-change = Изменить размер
size-changing = Изменение …
size-grow-by = Увеличить на { $by }
size-shrink-by = Уменьшить на { $by }
size-same = Это нынешний размер.
size-grow = Увеличение на { $by }, до { $to ->
    [one] { $to } узла
   *[other] { $to } узлов
}.
size-shrink = Уменьшение на { $by }: { $count ->
    [one] уйдёт { $names }; контейнеры сначала переедут на остальные узлы.
   *[other] уйдут { $names }; контейнеры сначала переедут на остальные узлы.
}
size-and-more = { $names } и ещё { $count }
size-look = Показать, что это значит
done-resize = Кластер меняет размер.
nodes-acts = Действия
nodes-choose = Выберите рабочие узлы, которые уйдут.
nodes-remove = Удалить выбранные узлы
nodes-acts-why = «Освободить» переносит работу узла на другие и больше не даёт ему новой. «Заменить» сначала добавляет новый узел, затем убирает старый. Вместе с узлом исчезают его тома.
nodes-drain = Освободить
nodes-undrain = Снова дать работу
nodes-replace = Заменить
done-remove = Выбранные узлы удаляются.
done-replace = Вместо старого узла готовится новый.
done-drain = Работа узла переходит на другие.
done-undrain = Узел снова берёт работу.

leaving-remove-ask = { $count ->
    [1] Удалить { $names }
   *[other] Удалить узлы: { $names }
}?
leaving-remove-do = { $count ->
    [1] Удалить { $names }
    [one] Удалить { $count } узел
    [few] Удалить { $count } узла
   *[many] Удалить { $count } узлов
}
leaving-removing = Удаление …
leaving-replace-ask = Заменить { $name }?
leaving-replace-do = Заменить { $name }
leaving-replacing = Замена …
leaving-lost = Будет потеряно:
leaving-lost-containers = Контейнеры на узле, не входящие ни в одну службу
leaving-lost-volumes = Образы и тома на узле со всем, что в них есть
leaving-kept = Сохранится:
leaving-moves = Службы: их контейнеры сначала переедут на другие узлы
leaving-new-first = Службы: сначала появится новый узел, затем их контейнеры переедут на другие узлы
leaving-kept-rest = Остальные узлы, адрес кластера и его учётные данные
leaving-keep = Оставить как есть
