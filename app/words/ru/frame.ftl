# То, что окружает каждую страницу.

brand = Carina
brand-home = Carina, на главную
brand-clusters = Carina, к кластерам
description = Carina создаёт кластеры Docker Swarm за несколько секунд.
skip = Перейти к содержимому
nav-main = Основное меню
nav-clusters = Кластеры
nav-activity = Журнал
nav-help = Помощь
nav-admin = Управление
nav-account = Учётная запись и ключи
crumbs = Путь
go = Перейти
go-title = Перейти к странице или кластеру
theme = Тема
theme-system = Как в системе
theme-light = Светлая
theme-dark = Тёмная
language = Язык
account-menu = Учётная запись
signed-in-as = Вы вошли как
sign-out = Выйти
fresh-live = Прямой эфир · обновлено
fresh-updated = Обновлено
fresh-as-of = На { $time }
banner-simulated = Имитация:
banner-simulated-why = эти кластеры ненастоящие, за ними ничего не работает.
banner-unreachable = Управляющий сервер недоступен с { $time }.
banner-unreachable-why = Показано то, что было известно тогда.
unanswered = Ответа нет. Всё могло быть и выполнено: посмотрите, прежде чем отправлять ещё раз.
reloads = Страница обновляется сама, пока что-то меняется.
stop-reloading = Не обновлять
copy = Копировать
copied = Скопировано
copied-what = Скопировано: { $what }
on = Вкл.
off = Выкл.
try-again = Повторить попытку
back-to-clusters = К списку кластеров

sign-in = Войти
sign-in-title = Вход в Carina
sign-in-lead = Собственные кластеры Docker Swarm за несколько секунд.
sign-in-ended = Сеанс закончился. Войдите, чтобы продолжить с того же места.
sign-in-with = Способ входа
signing-in = Выполняется вход …
username = Имя пользователя
password = Пароль
api-key = Ключ API

session-ended = Сеанс закончился
session-ended-why = Введённое не потеряно. Войдите, и всё продолжится.

shown-once = Показывается один раз.
shown-gone = Это показывается только один раз и здесь не хранится. Если значение потеряно, удалите его и создайте новое.
close = Закрыть
