# Список кластеров и удаление нескольких.

list-count = { $count } из { $limit ->
    [one] { $limit } кластера
   *[other] { $limit } кластеров
}
create-cluster = Создать кластер
add-cluster = Добавить кластер
room-for = Можно добавить ещё { $count ->
    [one] { $count } кластер
    [few] { $count } кластера
   *[many] { $count } кластеров
}
none-yet = Кластеров пока нет
none-yet-why = Кластер — это ваш собственный Docker Swarm. Здесь будут его узлы, состояние и способ подключения.
no-match = Ничего не найдено
no-match-why = Нет кластера { $query }.
show-all = Показать все кластеры
query-text = с «{ $text }» в имени
query-active = в рабочем состоянии
query-changing = в процессе изменения
query-error = с ошибкой
query-type = этого типа
find = Найти
find-label = Поиск кластеров по имени или метке вида ключ=значение
find-placeholder = Имя или ключ=значение
sort = Порядок
sort-created = Сначала старые
sort-newest = Сначала новые
sort-name = По имени
sort-status = Сначала требующие внимания
sort-nodes = Сначала большие
cluster-type = Тип кластера
type-any = Любой тип
filter-by-status = Отбор по состоянию
group-all = Все
group-active = Работают
group-changing = Меняются
group-error = С ошибкой
look = Вид
look-cards = Карточки
look-table = Таблица
pages = Страницы
page-before = Назад
page-after = Вперёд
page-of = Страница { $page } из { $pages } · { $count ->
    [one] { $count } кластер
    [few] { $count } кластера
   *[many] { $count } кластеров
}
get-access = Получить доступ
grow = Увеличить
nodes = Узлы
card-ready = готово { $count }
card-of = из { $count } · до { $limit }
ready-of = { $ready } из { $count }
flavor = Конфигурация
autoscale = Автомасштаб
created = Создан
name = Имя
status = Состояние
choose = Выбор
choose-one = Выбрать { $name }
clusters-table = Таблица кластеров
delete-chosen = Удалить выбранные …
delete-many = Удаление кластеров
delete-nothing = Нечего удалять
delete-nothing-why = Сначала выберите кластеры в таблице.
delete-staying = Останутся:
delete-many-lost = Будет { $count ->
    [one] удалён { $count } кластер
    [few] удалено { $count } кластера
   *[many] удалено { $count } кластеров
}: { $nodes ->
    [one] { $nodes } узел
    [few] { $nodes } узла
   *[many] { $nodes } узлов
}, все их контейнеры, образы, тома и учётные данные. Отменить это нельзя.
delete-many-type = Введите число кластеров, { $count }, для подтверждения
delete-many-do = Удалить { $count ->
    [one] { $count } кластер
    [few] { $count } кластера
   *[many] { $count } кластеров
}
deleting = Удаление …
keep-them = Оставить
done-delete-many = Кластеры удаляются.
delete-many-mismatch = Кластеров здесь названо другое число. Ничего не удалено.
delete-some-going = { $count ->
    [one] { $count } кластер удаляется.
    [few] { $count } кластера удаляются.
   *[many] { $count } кластеров удаляются.
} В удалении названных здесь отказано.
