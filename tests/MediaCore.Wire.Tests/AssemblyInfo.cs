// Every test starts a server and peers of its own; two at once would fight over the processors and blur each other's timing.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
