# Как пользоваться кластером.

access-turns = Страница обновится сама, когда они появятся.
access-download = Скачайте учётные данные
access-download-do = Скачать { $file }
access-download-about = Каждый раз выпускается новый сертификат; он действует { $count ->
    [one] { $count } день
    [few] { $count } дня
   *[many] { $count } дней
}. Тот, у кого он есть, управляет кластером.
access-unzip = Распакуйте архив
access-unzip-command = команда распаковки
access-use = Пользуйтесь
access-shell = Оболочка
access-commands = команды
access-certificates = Сертификаты
access-ca = Отпечаток ЦС
access-ca-until = ЦС действует до
access-last = Последнее скачивание
access-never = Не было
access-fingerprint = отпечаток
access-fingerprint-of = Сертификат
access-who = Кто скачал
access-when = Когда
access-until = Действует до
access-key = с ключом { $name }
access-revoked = Отозван
access-expired = Истёк
access-ledger = У кого есть учётные данные
access-ledger-none = Учётные данные ещё никто не скачивал.
access-ledger-more = { $count ->
    [one] Ещё { $count } более старый сертификат
    [few] Ещё { $count } более старых сертификата
   *[many] Ещё { $count } более старых сертификатов
} — в API.
access-rotate-title = Новые сертификаты
access-rotate-about = Замена создаёт новый центр сертификации. Выданные раньше учётные данные перестают действовать. Кластер и всё, что в нём работает, остаётся; движки узлов перезапускаются по очереди.
access-rotate = Заменить сертификаты …
access-rotate-ask = Заменить сертификаты кластера { $name }?
access-rotate-lost = Все скачанные учётные данные перестанут действовать — и у людей, и у программ. Всем придётся скачать их заново. Отменить это нельзя.
access-rotate-do = Заменить и отозвать прежние сертификаты
access-rotating = Запуск замены …
access-ci = Развёртывание из CI
access-ci-about = Заполнено для этого кластера. Нужны curl, unzip и docker; при каждом запуске скачиваются отдельные учётные данные.
access-ci-near = Адрес { $url } ведёт на эту же машину. Сборщикам на других машинах нужен доступный им адрес: задайте CARINA_API_PUBLIC_URL.
access-ci-key = ключ API
access-ci-key-note = Сохраните его в своей системе CI как секрет CARINA_APIKEY.
access-ci-key-about = С этим ключом можно смотреть все ваши кластеры и скачивать их учётные данные. Сам по себе он ничего не меняет. Отозвать его можно на странице учётной записи.
access-ci-key-make = Создать ключ для CI
access-ci-key-making = Создание ключа …
access-ci-service = Сервис
access-ci-github = Добавьте ключ как секрет репозитория CARINA_APIKEY: Settings, Secrets and variables, Actions.
access-ci-gitlab = Добавьте ключ как переменную CARINA_APIKEY, скрытую (masked) и защищённую (protected): Settings, CI/CD, Variables.
access-ci-codeship = Скачайте codeship.aes в настройках проекта. Затем впишите ключ в открывшийся файл; в репозиторий он попадёт зашифрованным.
done-rotate = Сертификаты заменяются.
done-ci-key = Ключ создан.
