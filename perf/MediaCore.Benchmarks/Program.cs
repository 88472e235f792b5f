using BenchmarkDotNet.Running;
using MediaCore.Benchmarks;

// --budgets FILE compares allocations with the budgets (seconds, for CI); anything else goes to BenchmarkDotNet (minutes, for a quiet machine).
if (args is ["--budgets", var path])
{
    return AllocationBudgets.Check(path, Console.Out);
}

// --held-calls [CALLS] tells what a held call is made of in the managed heap, by type.
if (args is ["--held-calls", ..])
{
    return HeldCalls.Run(args.Length > 1 ? int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture) : 1000, Console.Out);
}

// --repeat NAME SECONDS [FILE] runs matching benchmarks in turns in this process: for a profiler, and for a machine that is not quiet.
if (args is ["--repeat", var filter, var text, .. { Length: <= 1 } file] && double.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out double seconds))
{
    return Repeat.Run(filter, seconds, Console.Out, file.FirstOrDefault());
}

// --jitter FOLDER [OUTPUT] plays the traces in FOLDER and others through the jitter buffer; --jitter-traces FOLDER writes the trace files anew.
if (args is ["--jitter", var folder, ..])
{
    return JitterTraces.Run(folder, args.Length > 2 ? args[2] : null, Console.Out);
}

// --concealment OUTPUT FILE... measures the concealment of lost packets on WAVE files of speech.
if (args is ["--concealment", var result, .. var files] && files.Length > 0)
{
    return ConcealmentQuality.Run(files, result, Console.Out);
}

// --speech-quality OUTPUT FILE... measures WAVE files of speech after each way through codecs, losses, resampling and mixing.
if (args is ["--speech-quality", var qualityResult, .. var spoken] && spoken.Length > 0)
{
    return PathQuality.Run(spoken, qualityResult, Console.Out);
}

// --opus runs the C program's loop over libopus in our code; --opus-loss OUTPUT FILE... measures the damage by lost packets on WAVE files of speech.
if (args is ["--opus"])
{
    return OpusBenchmark.CompareLoop(Console.Out);
}

if (args is ["--opus-loss", var lossResult, .. var speech] && speech.Length > 0)
{
    return OpusBenchmark.MeasureLoss(lossResult, speech, Console.Out);
}

// --dtmf FILE... tells what the DTMF detector finds under noise, loss and codecs, and in WAVE files of speech, where there is nothing to be found.
if (args is ["--dtmf", .. var talk])
{
    return DtmfQuality.Run(talk, Console.Out);
}

// --answerers tells how often people and answering machines are told apart in greetings by espeak-ng, and what looking for things in a line costs.
if (args is ["--answerers"])
{
    return AnswererQuality.Run(Console.Out);
}

if (args is ["--jitter-traces", var target])
{
    return JitterTraces.Write(target, Console.Out);
}

// --shards SECONDS [FILE] measures two shards beside one.
if (args is ["--shards", var shardSeconds, ..] && double.TryParse(shardSeconds, System.Globalization.CultureInfo.InvariantCulture, out double span))
{
    return ShardScaling.Run(span, args.Length > 2 ? args[2] : null, Console.Out);
}

// --goal16 SECONDS [FILE] measures decisions of numbers and queues beside plain tables and small queues.
if (args is ["--goal16", var goalSeconds, ..] && double.TryParse(goalSeconds, System.Globalization.CultureInfo.InvariantCulture, out double goalSpan))
{
    return DecisionRatios.Run(goalSpan, args.Length > 2 ? args[2] : null, Console.Out);
}

if (args is ["--budgets", ..])
{
    Console.Error.WriteLine("usage: MediaCore.Benchmarks --budgets perf/AllocationBudgets.json");
    return 2;
}

BenchmarkSwitcher.FromAssembly(typeof(AllocationBudgets).Assembly).Run(args);
return 0;
