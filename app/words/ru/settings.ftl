# Что можно изменить в кластере.

settings-saving = Сохранение …
settings-name = Имя
settings-name-hint = В скачанных раньше архивах останется прежнее имя; они продолжат действовать.
settings-rename = Переименовать кластер
settings-labels = Метки
settings-labels-hint = ключ=значение, по одной в строке; до { $most }. Ключ — от 1 до 63 латинских букв, цифр и знаков . _ - /. Чтобы убрать метку, удалите её строку.
settings-labels-save = Сохранить метки
settings-scale-nodes = Узлы
settings-scale-targets = Пороги, в процентах
settings-scale-targets-hint = Кластер растёт, когда один из порогов превышен, и уменьшается, когда все соблюдались бы и без одного узла. Пустой порог не учитывается.
settings-reserved-cpu = Занято процессора
settings-reserved-memory = Занято памяти
settings-used-cpu = Используется процессора
settings-used-memory = Используется памяти
settings-scale-times = Время, в секундах
settings-scale-times-hint = После изменения, в том числе ручного, во время паузы ничего не меняется.
settings-interval = Проверять каждые
settings-cooldown = Пауза после изменения
settings-scale-save = Сохранить автомасштабирование
settings-scale-off = Размер кластера не меняется, пока его не изменит человек.
settings-scale-not-looked = Проверки ещё не было.
settings-scale-paused = До { $time } ничего не меняется: пауза после изменения.
settings-protection = Защита от удаления
settings-protected = Кластер защищён. Его нельзя удалить, пока защита не снята.
settings-unprotected = Кластер не защищён. Удалить его может любой, кто вправе его менять.
settings-unprotect = Снять защиту
settings-delete-ask = Удалить { $name } …
settings-delete-type = Для подтверждения введите { $name }
settings-delete-do = Удалить { $name }
settings-keep = Оставить
settings-lost = Будет потеряно:
settings-lost-containers = { $count ->
    [0] Контейнеров нет
    [one] { $count } контейнер
    [few] { $count } контейнера
   *[many] { $count } контейнеров
}
settings-lost-all-containers = Все контейнеры на них
settings-lost-volumes = Все образы и тома со всем, что в них есть
settings-lost-credentials = Все учётные данные: они перестанут действовать
settings-lost-for-good = Отменить это нельзя.
done-rename = У кластера новое имя.
done-labels = Метки сохранены.
done-autoscale = Автомасштабирование сохранено.
done-protected = Кластер защищён.
done-unprotected = Защита снята.
done-delete = Кластер удаляется.
