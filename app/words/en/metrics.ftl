# What a cluster and its nodes use, over time.

metrics-cpu = CPU
metrics-cpu-long = CPUs
metrics-memory = Memory
metrics-network = Network
metrics-used = Used
metrics-in = Received
metrics-out = Sent
metrics-now = Now
metrics-least = Least
metrics-mean = Average
metrics-most = Most
metrics-in-numbers = { $what } in numbers
metrics-reserved = Reserved by services: { $amount }.
metrics-waiting = { $count ->
    [one] { $count } container waits because no node has room for it.
   *[other] { $count } containers wait because no node has room for them.
}
metrics-nothing = Nothing was measured in this time.
metrics-none = not measured
metrics-unknown = The metrics are not known now
metrics-no-node = This cluster has no { $node }
metrics-to-all = Show all nodes
metrics-window = How far back
metrics-5m = 5 minutes
metrics-1h = 1 hour
metrics-6h = 6 hours
metrics-24h = 24 hours
metrics-node = Node
metrics-all-nodes = All together
metrics-show = Show
metrics-by-node = Node by node
metrics-nodes-table = Table of nodes
metrics-cpu-curve = CPU over time
metrics-memory-curve = Memory over time
metrics-as-table = As a table, a row every { $every }
metrics-table = What was measured
metrics-time = Time
metrics-time-utc = Time (UTC)
metrics-gap = to { $until }: nothing measured

# Amounts. The first is the mark before the tenths.
metrics-of = { $amount } of { $all }
metrics-percent = { $number } %
metrics-bytes = { $amount } B
metrics-kib = { $amount } KiB
metrics-mib = { $amount } MiB
metrics-gib = { $amount } GiB
metrics-per-second = { $amount }/s
