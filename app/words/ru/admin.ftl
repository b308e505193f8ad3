# Все учётные записи, для тех, кто ими управляет.

accounts = Учётные записи
accounts-table = Таблица учётных записей
account-made = Создана
admin-first = Первая страница
add-account = Добавить учётную запись
adding-account = Добавление …
username-hint = От 1 до 64 латинских букв, цифр и знаков . _ @ -
password-hint = От 8 до 1024 знаков. Если оставить пустым, пароль будет придуман и показан один раз.
role-member-hint = Видит свои кластеры.
role-admin-hint = Создаёт учётные записи, задаёт квоты и видит всё, что у них есть.
quota-clusters = Кластеры
quota-hint = Оставьте пустым, чтобы действовало значение из настроек.
quota-invalid = Введите целое число или оставьте поле пустым.
done-account-added = Учётная запись добавлена.
account-password = Пароль учётной записи
account-password-why = Это пароль новой учётной записи. Передайте его безопасным способом.
change-account = Роль и квоты
save-account = Сохранить роль и квоты
saving = Сохранение …
done-account-changed = Учётная запись изменена.
set-password-title = Пароль
new-password = Новый пароль
new-password-hint = От 8 до 1024 знаков. Сеансы со старым паролем завершатся.
set-password = Задать пароль
done-password-set = Пароль задан.
account-activity = Показать действия
account-no-clusters = У учётной записи нет кластеров.
close-account = Закрыть учётную запись
close-account-why = Завершает ключи и сеансы учётной записи и удаляет её кластеры, в том числе защищённые.
close-account-open = Закрыть учётную запись …
close-account-lost = «{ $name }» больше не сможет войти. Ключи API и сеансы завершатся, { $count ->
    [0] кластеров у неё нет
    [one] будет удалён { $count } кластер со всем содержимым, даже если он защищён
    [few] будут удалены { $count } кластера со всем содержимым, в том числе защищённые
   *[many] будут удалены { $count } кластеров со всем содержимым, в том числе защищённые
}. Отменить это нельзя.
close-account-type = Введите { $name } для подтверждения
close-account-do = Закрыть «{ $name }»
closing = Закрытие …
keep-account = Оставить
close-mismatch = Это не имя этой учётной записи. Ничего не закрыто.
done-account-closed = Учётная запись закрыта. Её кластеры удаляются.

engine = Движок
engine-state = Состояние
engine-answers = Отвечает
engine-silent = Не отвечает
engine-reason = Причина
engine-not-in-time = Ответа пока нет. Обновите страницу, чтобы спросить ещё раз.
engine-machines = Узлы
engine-docker = Контейнеры этого движка
engine-simulated = Имитация: движка нет
engine-version = Версия
engine-containers = Контейнеров Carina
engine-networks = Сетей Carina
engine-look = Последняя проверка узлов
engine-sweep = Последний поиск остатков
