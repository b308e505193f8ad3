# What containers write.

logs-choices = Containers to choose from
logs-choose = Choose containers
logs-choose-why = Up to { $most } at once. Their lines are merged by time, each container in its colour.
logs-nothing = Nothing writes here yet
logs-nothing-why = Start a container, and what it writes will be here.
logs-too-many = Up to { $most } logs are read at once. These are the first { $most } of those you chose.
logs-nodes-silent = Containers of these nodes cannot be chosen now:
logs-more = { $count ->
    [one] { $count } more container is not listed.
   *[other] { $count } more containers are not listed.
} All of them with their logs:
logs-stream = Stream
logs-both = stdout and stderr
logs-stdout = stdout alone
logs-stderr = stderr alone
logs-since = How far back
logs-ever = From the beginning
logs-five-minutes = The last 5 minutes
logs-hour = The last hour
logs-day = The last 24 hours
logs-lines = Number of lines
logs-tail = Last { $count } lines of each
logs-show = Show logs
logs-live = Following
logs-paused = Paused
logs-lost = Connection lost. It is tried again.
logs-ended = Nothing more is written: all of them have stopped.
logs-pause = Pause
logs-follow = Follow
logs-to-end = To the end
logs-download = Download as text
logs-find = Find in these lines
logs-find-label = Find in the lines that are here
logs-shown = Lines
logs-of = Lines of the chosen containers
logs-empty = No lines yet.
logs-reload = Reload this page every 5 s
logs-reloads = This page reloads every 5 s.
logs-cut = (cut)
logs-gone = This container is not there any more.
logs-slow = The node takes long to answer. This is what came so far.
logs-broke-off = The log broke off. { $why }
