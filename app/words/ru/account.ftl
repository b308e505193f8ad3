# Учётная запись вошедшего: ключи API, сеансы, тема и язык.

who = Вы
role = Роль
role-admin = Администратор
role-member = Участник
may-do = Разрешено
quota-used = { $count } из { $limit }
quota-nodes = Узлов в кластере
by-key = Ключ API { $name }
account-actions = Действия
last-used = Последнее использование
never-used = Ни разу
address-unknown = Неизвестно

preferences = Вид и язык
use-theme = Применить тему
use-language = Применить язык

scope-read = Чтение
scope-read-hint = Просмотр кластеров, событий и журналов.
scope-write = Изменение
scope-write-hint = Создание, изменение и удаление кластеров, ключей и сеансов.
scope-credentials = Учётные данные
scope-credentials-hint = Скачивание файлов, дающих полный доступ к кластерам.

keys = Ключи API
keys-none = Ключей API нет. С ключом входят программы, чтобы пароль не хранился в их настройках.
keys-table = Таблица ключей API
key-scopes = Разрешено
key-scopes-choose = Что разрешено ключу
key-made = Создан
key-expires = Действует
key-expired = Истёк
key-revoked = Отозван
key-until-revoked = До отзыва
key-name-hint = Для чего ключ, например «ci». От 1 до 64 знаков.
make-key = Создать ключ
make-key-title = Новый ключ API
making-key = Создание ключа …
done-key-made = Ключ API создан.
key-secret = Секрет ключа API
key-secret-why = Это секрет нового ключа API. Сохраните его там, откуда его прочтёт программа.
revoke = Отозвать
revoke-title = Отозвать ключ API «{ $name }»?
revoke-lost = Программы, которые им пользуются, сразу выйдут и больше не смогут с ним войти. Отменить это нельзя.
revoke-do = Отозвать «{ $name }»
revoking = Отзыв …
key-keep = Оставить
done-key-revoked = Ключ API отозван.

sessions = Сеансы
sessions-why = Где выполнен вход в вашу учётную запись: в браузерах и программах. После завершения сеанса нужно войти заново.
sessions-table = Таблица сеансов
sessions-more = { $count ->
    [one] Ещё { $count } сеанс не показан.
    [few] Ещё { $count } сеанса не показаны.
   *[many] Ещё { $count } сеансов не показаны.
}
session-with = Программа
session-from = Откуда
session-by = Способ входа
session-began = Начало
session-this = Этот
agent-unknown = Неизвестная программа
end-session = Завершить сеанс
end-others = Завершить все остальные сеансы
ending = Завершение …
done-session-ended = Сеанс завершён.
done-sessions-ended = Все остальные сеансы завершены.

session-soon = Сеанс скоро закончится
session-soon-stay = Сеанс закончится в { $time }, если его не продлить.
session-soon-last = Сеанс закончится в { $time }, продлить его нельзя. Войдите ещё раз, чтобы продолжить.
stay = Остаться
sign-in-again = Войти ещё раз
session-early-why = Страница останется как есть.
session-unreachable = Нет ответа. Проверьте сеть и попробуйте ещё раз.
