# Numbers with their things, times and sizes.

nodes-count = { $count ->
    [one] { $count } node
   *[other] { $count } nodes
}
containers-count = { $count ->
    [one] { $count } container
   *[other] { $count } containers
}
days-count = { $count ->
    [one] { $count } day
   *[other] { $count } days
}
# The units of times, from the smallest, and how an age is said: read by the browser as well.
unit-seconds = s
unit-minutes = min
unit-hours = h
unit-days = d
unit-point = .
ago = { $age } ago
zone-utc = UTC
months = Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec
date = { $day } { $month } { $year }
