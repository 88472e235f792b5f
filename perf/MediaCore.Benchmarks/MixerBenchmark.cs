using BenchmarkDotNet.Attributes;
using MediaCore.Audio.Mixing;
using MediaCore.Audio.Tests.Quality;

namespace MediaCore.Benchmarks;

/// <summary>One tick of 20 ms of a conference at 16 kHz: everybody says a frame, the mix is made.</summary>
[MemoryDiagnoser]
public class MixerBenchmark
{
    private const int Frame = 320;

    private readonly short[] _voice = Signals.Vowel(16_000, 16_000, 120);
    private readonly short[] _silence = new short[Frame];
    private readonly ConferenceMixer _fifty = new(new MixerOptions());
    private readonly ConferenceMixer _three = new(new MixerOptions());
    private readonly MixerMember[] _ofFifty;
    private readonly MixerMember[] _ofThree;
    private int _turn;

    public MixerBenchmark()
    {
        _ofFifty = [.. Enumerable.Range(0, 50).Select(_ => _fifty.Join()!)];
        _ofThree = [.. Enumerable.Range(0, 3).Select(_ => _three.Join()!)];
    }

    [Benchmark]
    public int FiftyMembersOneTalks() => Tick(_fifty, _ofFifty, 1);

    [Benchmark]
    public int FiftyMembersEightTalk() => Tick(_fifty, _ofFifty, 8);

    [Benchmark]
    public int FiftyMembersAllTalk() => Tick(_fifty, _ofFifty, 50);

    [Benchmark]
    public int ThreeMembersAllTalk() => Tick(_three, _ofThree, 3);

    private int Tick(ConferenceMixer mixer, MixerMember[] members, int talkers)
    {
        int turn = _turn++;
        for (int i = 0; i < members.Length; i++)
        {
            members[i].Say(i < talkers ? _voice.AsSpan((turn + i) % 50 * Frame, Frame) : _silence);
        }

        mixer.Collect();
        mixer.Distribute();
        return mixer.Heard;
    }
}

/// <summary>A tick of 50 members, of whom eight talk.</summary>
internal sealed class MixerAllocation : IAllocationSubject
{
    private readonly MixerBenchmark _benchmark = new();

    public string Name => "ConferenceMixer.Tick";

    public void Run() => _benchmark.FiftyMembersEightTalk();
}
