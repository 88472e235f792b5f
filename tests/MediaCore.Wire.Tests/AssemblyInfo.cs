// Every test starts a server and peers of its own and mostly waits for them, so two classes at a time take turns on the processors. Those whose subject is time or
// load are a collection of their own, MeasuredAlone, which runs when the others have ended.
[assembly: CollectionBehavior(MaxParallelThreads = 2)]
