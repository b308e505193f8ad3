# Что расходуют кластер и его узлы.

metrics-cpu = ЦП
metrics-cpu-long = Процессоры
metrics-memory = Память
metrics-network = Сеть
metrics-used = Занято
metrics-in = Получено
metrics-out = Отправлено
metrics-now = Сейчас
metrics-least = Мин.
metrics-mean = Средн.
metrics-most = Макс.
metrics-in-numbers = { $what } в числах
metrics-reserved = Зарезервировано сервисами: { $amount }.
metrics-waiting = { $count ->
    [one] { $count } контейнер ждёт: ни на одном узле нет места.
    [few] { $count } контейнера ждут: ни на одном узле нет места.
   *[many] { $count } контейнеров ждут: ни на одном узле нет места.
}
metrics-nothing = За это время ничего не измерено.
metrics-none = не измерено
metrics-unknown = Метрики сейчас неизвестны
metrics-no-node = В этом кластере нет узла { $node }
metrics-to-all = Показать все узлы
metrics-window = За какое время
metrics-5m = 5 минут
metrics-1h = 1 час
metrics-6h = 6 часов
metrics-24h = 24 часа
metrics-node = Узел
metrics-all-nodes = Все вместе
metrics-show = Показать
metrics-by-node = По узлам
metrics-nodes-table = Таблица узлов
metrics-cpu-curve = ЦП во времени
metrics-memory-curve = Память во времени
metrics-as-table = Таблицей, строка на каждые { $every }
metrics-table = Измерения
metrics-time = Время
metrics-time-utc = Время (UTC)
metrics-gap = до { $until }: не измерялось

# Количества. Первое: знак перед десятыми долями.
metrics-of = { $amount } из { $all }
metrics-percent = { $number } %
metrics-bytes = { $amount } Б
metrics-kib = { $amount } КиБ
metrics-mib = { $amount } МиБ
metrics-gib = { $amount } ГиБ
metrics-per-second = { $amount }/с
