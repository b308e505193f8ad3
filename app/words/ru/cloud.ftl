# Кластеры на машинах облака: проекты, шаблоны, группы узлов.

problem-refused = Облако отказало. Номер его запроса: req-{ $id }.
problem-refused-said = Облако отказало: { $said } Номер его запроса: req-{ $id }.
problem-cloud-failed = В облаке произошла ошибка. Номер его запроса: req-{ $id }.
problem-cloud-failed-said = В облаке произошла ошибка: { $said } Номер его запроса: req-{ $id }.
problem-not-begun = Облако приняло запрос и не начало его выполнять. Взгляните на кластер и повторите, когда с ним ничего не происходит.
problem-not-the-owner = Учётные данные этого кластера получает только тот участник, который его создал.
problem-title-cloud = Так нельзя
problem-title-refused = Облако отказало
problem-title-cloud-failed = Ошибка в облаке
problem-title-not-begun = Не начато
problem-title-not-the-owner = Не ваш кластер

backend = Куда
backend-carina = Эта Carina
backend-magnum = OpenStack
domain = Домен
domain-hint = Пусто: обычный. Для учётных данных приложения вместо имени укажите их номер.
cloud-sign-in-lead = Кластеры в ваших проектах OpenStack.
project = Проект
projects-title = Выбор проекта
projects-lead = Кластеры, квоты и участники принадлежат проекту. Сейчас вы в проекте { $project }.
projects-none = Здесь нет проекта, в который вы можете войти.
project-choose = Перейти в { $name }
project-going = Переходим …
project-here = Вы здесь
done-project = Теперь вы в другом проекте
reader-only = Вы можете смотреть на этот проект, но не менять его: ваша роль — { $roles }.
restricted-credential = Вы вошли с ограниченными учётными данными приложения. Облака, которые создают свои для каждого кластера, их не примут: войдите с паролем или создайте учётные данные с ключом --unrestricted.

nav-templates = Шаблоны
templates-title = Шаблоны кластеров
templates-none = В проекте нет шаблонов. Общие создаёт тот, кто ведёт облако.
templates-of-project = Проект
templates-public = Все
template = Шаблон
template-version = Версия
template-image = Образ
template-labels = Метки
template-networks = Сети
template-key = Пара ключей
template-balanced = Балансировщик
template-hidden = Больше не предлагается
template-use = Создать кластер по шаблону
template-clusters = Кластеры из него
template-unused = Пока ни одного.
template-facts = Что в нём
template-reach = Кому доступен

cloud-panel = В облаке
health = Состояние
health-healthy = Всё хорошо
health-unhealthy = Не всё хорошо
health-unknown = Неизвестно
health-none = Ещё не проверено
health-checks = Что проверено
managers-workers = { $managers ->
    [one] { $managers } управляющий
    [few] { $managers } управляющих
   *[many] { $managers } управляющих
} и { $workers ->
    [one] { $workers } рабочий
    [few] { $workers } рабочих
   *[many] { $workers } рабочих
}
owner = Кем создан
owner-you = Вами
keypair = Пара ключей
version = Версия
create-again = Создать снова …
create-again-about = Открывает форму со всем, каким кластер должен был быть. Неудавшийся остаётся, пока вы его не удалите.

create-from = Шаблон
create-managers = Управляющие
create-managers-hint = Нечётное число. Больше одного — только по шаблону с балансировщиком.
create-workers = Рабочие
flavor-about = { $name } · { $cpus } ЦП · { $memory } ГБ
create-flavor-workers = Размер рабочих
create-flavor-managers = Размер управляющих
create-of-template = Как в шаблоне
create-keypair = Пара ключей
create-network = Сеть
create-labels-merged = Какими будут метки
create-labels-template = из шаблона
create-labels-yours = ваши
cloud-labels-hint = ключ=значение, по одной в строке. Они добавляются к меткам шаблона; одноимённая заменяет.
create-uses-nodes = Узлы проекта
create-template-check = Показать этот шаблон
managers-invalid = Число управляющих нечётное: 1, 3, 5 или 7.
managers-need-balancer = Больше одного управляющего — только по шаблону с балансировщиком.
workers-invalid = Рабочих от 0 до 999.

groups-title = Группы узлов
groups-size = Узлы
groups-bounds = { $max ->
    [0] не меньше { $min }
   *[other] от { $min } до { $max }
}
groups-default = появилась с кластером
groups-taints = Ограничения
groups-resize = Изменить
groups-resizing = Меняем …
groups-resize-of = Узлы группы { $name }
groups-remove-hint = Адреса узлов, которые уйдут, через запятую. Пусто: выбирает облако.
groups-remove = Убрать эти
groups-bound = Изменить пределы
groups-min = Не меньше
groups-max = Не больше
groups-max-hint = Пусто: без предела.
groups-delete = Удалить { $name } …
groups-delete-ask = Удалить группу { $name }?
groups-delete-loses = { $count ->
    [one] С ней исчезнут { $count } узел и всё, что на нём работает.
    [few] С ней исчезнут { $count } узла и всё, что на них работает.
   *[many] С ней исчезнут { $count } узлов и всё, что на них работает.
}
groups-delete-do = Удалить группу
groups-deleting = Удаляем …
groups-add = Новая группа узлов
groups-add-do = Добавить группу
groups-adding = Добавляем …
groups-name = Имя группы
groups-labels-hint = ключ=значение, по одной в строке.
groups-labels = Метки её узлов
groups-taints-hint = ключ=значение:NoSchedule, по одному в строке.
groups-flavor = Размер
groups-unknown = Какие есть группы, сейчас неизвестно.
done-group-resize = Изменение запрошено
done-group-bound = Пределы изменены
done-group-add = Группа запрошена
done-group-delete = Удаление запрошено
template-unknown = Такого шаблона нет. Выберите из списка.
group-invalid = Так нельзя: имя из букв и цифр, целые числа, метки и ограничения — как показано.

upgrade-title = Другой шаблон
upgrade-about = Кластер переходит на другой шаблон, по столько узлов за раз. Пока узел заменяется, работа с него уходит.
upgrade-to = Перейти на
upgrade-at-once = Узлов за раз
upgrade-do = Обновить { $name }
upgrade-doing = Обновляем …
upgrade-none = Другого шаблона, на который можно перейти, нет.
done-upgrade = Обновление запрошено

cloud-access-reach = У кого этот файл, тот администратор кластера на пять лет. Раньше его лишат силы только новые центры сертификации кластера.
cloud-access-rotate = Выпустить новые сертификаты отсюда нельзя: Magnum сначала записывает новые центры и лишь потом спрашивает драйвер, и если тот этого не умеет, в кластер не попадёт никто. Тот, кто ведёт эту панель, может назвать драйверы, которые умеют.
cloud-access-rotate-about = Будет создан новый центр сертификации, и облако разнесёт его по всем машинам. Выданные раньше учётные данные перестанут действовать. Кластер и всё, что в нём работает, остаётся.
kubernetes-api = API Kubernetes

say-cloud-creates = Magnum создаёт кластер
say-cloud-removes = Magnum удаляет кластер
say-cloud-changes = Magnum меняет кластер
say-cloud-not-made = Magnum не смог создать кластер
say-cloud-not-removed = Magnum не смог удалить кластер
say-cloud-not-changed = Magnum не смог изменить кластер
say-cloud-there = Кластер есть
say-cloud-ready = Кластер готов
say-cloud-changed = Кластер изменился
say-cloud-gone = Кластера больше нет
say-cloud-made-failed = Кластер не удалось создать
say-cloud-removed-failed = Кластер не удалось удалить
say-cloud-changed-failed = Кластер не удалось изменить
say-cloud-well = Снова всё хорошо
say-cloud-unwell = В кластере не всё хорошо
say-cloud-unknown = Состояние кластера неизвестно
say-cloud-create = Запрошено создание
say-cloud-delete = Запрошено удаление
say-cloud-resize = Запрошено узлов: { $nodes }
say-cloud-upgrade = Запрошено обновление
say-cloud-credentials = Выданы учётные данные
say-cloud-group-add = Запрошена группа узлов { $name }
say-cloud-group-resize = Запрошен размер группы узлов { $name }: { $count }
say-cloud-group-bound = Изменены пределы группы узлов { $name }
say-cloud-group-delete = Запрошено удаление группы узлов { $name }

card-of-all = из { $count }
application-credential = Учётные данные приложения
owner-is = Его создал пользователь с номером { $id }.
engine-words-cloud = Что сказало облако
none-yet-cloud = Кластер — это Kubernetes на машинах облака, созданный по шаблону. Здесь будут его узлы, состояние и способ им пользоваться.
lost-in-cloud = Его машины, всё, что на них работает, и всё, что на них хранится
