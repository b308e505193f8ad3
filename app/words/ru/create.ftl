# Форма нового кластера.

create-name-hint = Строчные латинские буквы, цифры и дефисы, первая — буква; до 63 знаков.
create-nodes-hint = Первый узел управляет кластером. Узлы можно добавить и убрать позже. До { $limit }.
create-flavor = Конфигурация: размер каждого узла
create-labels = Метки
create-labels-hint = ключ=значение, по одной в строке; до { $most }.
create-protection = Защитить от удаления
create-protection-hint = Кластер нельзя удалить, пока защита не снята.
create-autoscale = Менять размер автоматически
create-autoscale-hint = Узлы добавляются, когда задачам не хватает места, и убираются, когда его много.
create-summary = Итог
create-uses = Что будет занято
create-memory = Всего { $count } ГБ памяти.
create-usually = Создание обычно занимает около { $time }.
create-same = То же командой
create-same-not-yet = Сначала заполните форму.
creating = Создание …
cancel = Отмена
one-less = На один узел меньше
one-more = На один узел больше
at-least = Не меньше
at-most = Не больше
type-about = { $coe }, среда: { $host }
gigabytes = { $count } ГБ
cpus = { $count } ЦП
quota = Квота
quota-now = Сейчас
quota-after = Станет
quota-limit = Предел
nodes-in-it = Узлов в нём
command-carina = команда carina
command-curl = команда curl
