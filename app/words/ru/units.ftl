# Числа, время и размеры.

nodes-count = { $count ->
    [one] { $count } узел
    [few] { $count } узла
   *[many] { $count } узлов
}
containers-count = { $count ->
    [one] { $count } контейнер
    [few] { $count } контейнера
   *[many] { $count } контейнеров
}
days-count = { $count ->
    [one] { $count } день
    [few] { $count } дня
   *[many] { $count } дней
}
unit-seconds = с
unit-minutes = мин
unit-hours = ч
unit-days = дн.
unit-point = ,
ago = { $age } назад
zone-utc = UTC
months = янв. февр. мар. апр. мая июн. июл. авг. сент. окт. нояб. дек.
date = { $day } { $month } { $year }
